-- Purpose: integrations with somebody for whom something falls due at their location's day, as snapshot_due finds them
-- within one integration: asked every hour of all at once, and mostly there is nobody. `soon` bounds every day on earth.
-- Relies on membership_ends, membership_upcoming, membership_leaves and next_pay, partial indexes of few rows.
WITH due AS (
  SELECT m.organization_id, m.user_id, m.location_id, m.ends_on AS day, false AS pay FROM directory_membership m
   WHERE m.ends_on IS NOT NULL AND m.ends_on <= %(soon)s AND m.payroll_owned AND NOT m.status = ANY (%(ended)s)
   UNION ALL
  SELECT m.organization_id, m.user_id, m.location_id, coalesce(m.hire_date, m.original_hire_date), false
    FROM directory_membership m
   WHERE m.status = 'upcoming' AND coalesce(m.hire_date, m.original_hire_date) <= %(soon)s AND m.payroll_owned
   UNION ALL
  SELECT m.organization_id, m.user_id, m.location_id, m.leave_end, false FROM directory_membership m
   WHERE m.leave_end IS NOT NULL AND m.leave_end <= %(soon)s AND m.status = ANY (%(on_leave)s) AND m.payroll_owned
   UNION ALL
  SELECT m.organization_id, m.user_id, m.location_id, d.next_pay_on, true
    FROM directory_membershipduty d JOIN directory_membership m ON m.id = d.membership_id
   WHERE d.next_pay_on IS NOT NULL AND d.next_pay_on <= %(soon)s AND m.payroll_owned AND NOT m.status = ANY (%(ended)s)
)
SELECT DISTINCT i.id
  FROM due
  JOIN directory_location p ON p.id = due.location_id AND p.closed_at IS NULL
  JOIN sync_link l ON l.user_id = due.user_id AND l.organization_id = due.organization_id AND l.retired_at IS NULL
  JOIN sync_integration i ON i.id = l.integration_id
 WHERE due.day <= (%(at)s AT TIME ZONE p.timezone)::date
   AND i.state = ANY (%(states)s)
   AND (NOT due.pay OR coalesce((i.policy ->> 'pay')::boolean, false))
 ORDER BY i.id
