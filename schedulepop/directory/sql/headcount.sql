-- Purpose: employments at these locations, counted by the period in which they began and the one in which they ended:
-- 0 is before the first of `starts`, null an end that has not come. An employment that was followed by another one at
-- the same location counts as one of its own. Whoever withdrew, has not started, or was merged into another is none.
-- Relies on membership_list (location) and user_merged_into.
SELECT location_id, began, ended, count(*)
  FROM (SELECT m.location_id,
               coalesce(width_bucket(coalesce(m.hire_date, m.original_hire_date), %(starts)s::date[]), 0) AS began,
               CASE WHEN m.status = ANY (%(ended)s)
                    THEN width_bucket(coalesce(m.termination_date, m.changed_at::date), %(starts)s::date[]) END AS ended
          FROM directory_membership m
         WHERE m.organization_id = %(organization)s AND m.location_id = ANY (%(locations)s)
           AND NOT m.status = ANY (%(never_began)s)
           AND coalesce(m.hire_date, m.original_hire_date, %(today)s) <= %(today)s
           AND m.user_id NOT IN (SELECT id FROM accounts_user
                                  WHERE organization_id = %(organization)s AND merged_into_id IS NOT NULL)
        UNION ALL
        SELECT m.location_id, coalesce(width_bucket(p.hire_date, %(starts)s::date[]), 0),
               width_bucket(coalesce(p.ended_on, p.recorded_at::date), %(starts)s::date[])
          FROM directory_employmentperiod p JOIN directory_membership m ON m.id = p.membership_id
         WHERE m.organization_id = %(organization)s AND m.location_id = ANY (%(locations)s)
           AND NOT p.status = ANY (%(never_began)s)) AS employments
 GROUP BY 1, 2, 3
