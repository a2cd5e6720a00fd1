-- Purpose: memberships with their primary pay, of every user or of the given ones.
-- Relies on membership_once (user, location), membership_duty_once.
SELECT m.id, m.user_id, m.location_id, nullif(m.employee_number, ''), m.status, m.hire_date, m.original_hire_date,
       m.termination_date, m.cms_code, d.pay_rate, nullif(d.pay_unit, ''), nullif(d.pay_currency, ''),
       m.primary_duty_id, m.primary_zone_id, m.ends_on, m.payroll_owned, m.role
  FROM directory_membership m
  LEFT JOIN directory_membershipduty d ON d.membership_id = m.id AND d.duty_id = m.primary_duty_id
 WHERE m.organization_id = %(organization)s AND (%(users)s::bigint[] IS NULL OR m.user_id = ANY(%(users)s::bigint[]))
 ORDER BY m.id
