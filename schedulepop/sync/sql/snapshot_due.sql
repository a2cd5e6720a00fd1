-- Purpose: source ids of payroll's people for whom something falls due at their location's day: a staged end, a first
-- day, a first day back from a leave, a pay rate dated ahead (where the integration reads pay). Asked every hour, and mostly there is nobody.
-- Relies on membership_ends, membership_upcoming, membership_leaves and next_pay, partial indexes of few rows, and on link_by_user.
WITH place AS (
  SELECT * FROM unnest(%(places)s::bigint[], %(days)s::date[]) AS p (location_id, today)
), person AS (
  SELECT m.user_id FROM directory_membership m JOIN place p ON p.location_id = m.location_id
   WHERE m.ends_on IS NOT NULL AND m.ends_on <= p.today AND m.payroll_owned AND NOT m.status = ANY (%(ended)s)
   UNION
  SELECT m.user_id FROM directory_membership m JOIN place p ON p.location_id = m.location_id
   WHERE m.status = 'upcoming' AND coalesce(m.hire_date, m.original_hire_date) <= p.today AND m.payroll_owned
   UNION
  SELECT m.user_id FROM directory_membership m JOIN place p ON p.location_id = m.location_id
   WHERE m.leave_end IS NOT NULL AND m.leave_end <= p.today AND m.status = ANY (%(on_leave)s) AND m.payroll_owned
   UNION
  SELECT m.user_id
    FROM directory_membershipduty d
    JOIN directory_membership m ON m.id = d.membership_id
    JOIN place p ON p.location_id = m.location_id
   WHERE %(pay)s AND d.next_pay_on IS NOT NULL AND d.next_pay_on <= p.today AND m.payroll_owned
     AND NOT m.status = ANY (%(ended)s)
)
SELECT l.source_id
  FROM person JOIN sync_link l ON l.user_id = person.user_id
 WHERE l.integration_id = %(integration)s AND l.retired_at IS NULL
 ORDER BY 1
