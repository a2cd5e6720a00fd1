-- Purpose: pay rates dated ahead, of every user or of the given ones.
-- Relies on membership_once (user) and on next_pay, a partial index of the few rows that have one.
SELECT d.membership_id, d.duty_id, d.next_pay_rate, nullif(d.next_pay_unit, ''), nullif(d.next_pay_currency, ''),
       d.next_pay_on
  FROM directory_membershipduty d JOIN directory_membership m ON m.id = d.membership_id
 WHERE d.next_pay_on IS NOT NULL AND {m.organization_id OR m.user_id}
 ORDER BY 1, 2
