-- Purpose: people hired at these locations since a day and invited, counted by the days from their hire to the account
-- set up (its location's day); null: not set up yet. Who left without it is not counted.
-- Relies on membership_list (location).
SELECT CASE WHEN v.used_at IS NOT NULL
            THEN least(greatest((v.used_at AT TIME ZONE l.timezone)::date - m.hire_date, 0), %(longest)s) END AS days,
       count(*)
  FROM directory_membership m
  JOIN directory_location l ON l.id = m.location_id
  JOIN (SELECT user_id, min(used_at) AS used_at FROM accounts_invitation
         WHERE purpose = 'set_up' AND created_at >= %(since)s::date - 90 GROUP BY user_id) v ON v.user_id = m.user_id
 WHERE m.organization_id = %(organization)s AND m.location_id = ANY (%(locations)s)
   AND m.hire_date BETWEEN %(since)s AND %(today)s
   AND (v.used_at IS NOT NULL OR NOT m.status = ANY (%(ended)s))
 GROUP BY 1
