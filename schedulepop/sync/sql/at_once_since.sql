-- Purpose: whom runs at once have added or removed since the last full run that was applied: the guard counts them as if
-- they stood in one feed with those of today. Of a transfer it is the location left. `counted`: the guard's base has them
-- (added), or has them no more (removed). Also the number of that run.
-- Relies on run_number (integration, number), change_by_run, membership_once and location_name.
WITH last AS (
  SELECT coalesce(max(number), 0) AS number
    FROM sync_run
   WHERE integration_id = %(integration)s AND trigger NOT IN ('answer', 'effective') AND undo_of_id IS NULL
     AND state IN ('applied', 'undone')
), came AS (
  SELECT c.id, c.verb, c.removal, c.fields, c.location_id, c.user_id, c.source_id
    FROM sync_run r
    JOIN sync_change c ON c.run_id = r.id
   WHERE r.integration_id = %(integration)s AND r.trigger = 'answer' AND r.state = 'applied'
     AND r.number > (SELECT number FROM last)
)
SELECT 'created', c.location_id, c.source_id,
       EXISTS (SELECT FROM directory_membership m
                WHERE m.user_id = c.user_id AND m.location_id = c.location_id AND m.status = ANY (%(working)s))
  FROM came c WHERE c.verb = 'create'
 UNION ALL
SELECT 'removed',
       CASE WHEN c.verb = 'transfer'
            THEN (SELECT l.id FROM jsonb_array_elements(c.fields) f
                    JOIN directory_location l ON l.organization_id = %(organization)s AND l.name = f ->> 'old'
                   WHERE f ->> 'field' = 'location' LIMIT 1)
            ELSE c.location_id END,
       c.source_id, true
  FROM came c WHERE c.removal
