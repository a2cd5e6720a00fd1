-- Purpose: duties and zones beside the primary ones, with the rate of each duty, of every user or of the given ones.
-- Relies on membership_once (user, location), membership_duty_once and membership_zone_once.
SELECT d.membership_id, d.duty_id, NULL::bigint, d.by_payroll, d.by_manager, d.pay_rate, nullif(d.pay_unit, ''),
       nullif(d.pay_currency, '')
  FROM directory_membership m
  JOIN directory_membershipduty d ON d.membership_id = m.id AND d.duty_id IS DISTINCT FROM m.primary_duty_id
 WHERE {m.organization_id OR m.user_id}
 UNION ALL
SELECT z.membership_id, NULL, z.zone_id, z.by_payroll, z.by_manager, NULL, NULL, NULL
  FROM directory_membership m
  JOIN directory_membershipzone z ON z.membership_id = m.id AND z.zone_id IS DISTINCT FROM m.primary_zone_id
 WHERE {m.organization_id OR m.user_id}
 ORDER BY 1, 2, 3
