-- Purpose: whose access earlier runs ended within the guard's days, and where: a transfer counts at the location left.
-- Left out are removals somebody has approved, and people who are back.
-- Relies on change_lately, location_name (organization, name) and membership_once.
SELECT gone.location_id, gone.user_id, max(gone.at)::date
  FROM (SELECT c.user_id, c.at,
               CASE WHEN c.verb = 'transfer'
                    THEN (SELECT l.id FROM jsonb_array_elements(c.fields) f
                            JOIN directory_location l ON l.organization_id = c.organization_id AND l.name = f ->> 'old'
                           WHERE f ->> 'field' = 'location' LIMIT 1)
                    ELSE c.location_id END AS location_id
          FROM sync_change c JOIN sync_run r ON r.id = c.run_id
         WHERE c.organization_id = %(organization)s AND c.removal AND c.at > %(week)s
           AND c.at < coalesce(r.decided_at, 'infinity')) gone
  LEFT JOIN directory_membership m ON m.user_id = gone.user_id AND m.location_id = gone.location_id
       AND m.status = ANY (%(sign_in)s) AND m.ends_on IS NULL
 WHERE gone.location_id IS NOT NULL AND m.id IS NULL
 GROUP BY 1, 2
 ORDER BY 1, 2
