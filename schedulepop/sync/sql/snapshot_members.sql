-- Purpose: memberships with their primary pay, of every user or of the given ones.
-- Relies on membership_once (user, location), membership_duty_once.
SELECT m.id, m.user_id, m.location_id, [[membership: m.$; text: nullif(m.$, '')]], d.pay_rate, nullif(d.pay_unit, ''),
       nullif(d.pay_currency, ''), m.primary_duty_id, m.primary_zone_id, m.payroll_owned, m.role, m.is_primary
  FROM directory_membership m
  LEFT JOIN LATERAL (SELECT pay_rate, pay_unit, pay_currency FROM directory_membershipduty
                      WHERE membership_id = m.id AND duty_id = m.primary_duty_id OFFSET 0) d ON true
 WHERE {m.organization_id OR m.user_id}
 ORDER BY m.id
