-- Purpose: how many active, payroll-owned people of this integration each location has: the guard's base.
-- Relies on link_user_once and membership_once.
SELECT m.location_id, count(*)
  FROM sync_link l JOIN directory_membership m ON m.user_id = l.user_id
 WHERE l.integration_id = %(integration)s AND l.retired_at IS NULL AND m.payroll_owned AND NOT l.short_accepted
   AND m.status = ANY(%(working)s)
 GROUP BY 1
