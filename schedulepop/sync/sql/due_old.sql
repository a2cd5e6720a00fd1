-- Purpose: active integrations whose last applied data is older than a day, with the source times of their last runs:
-- asked of everybody once an hour, a sixtieth every minute. `schedule.old_since` decides. Relies on integration_minute and run_number.
SELECT i.id,
       ARRAY (
         SELECT r.source_time FROM sync_run r
          WHERE r.integration_id = i.id AND r.organization_id = i.organization_id
            AND r.source_time IS NOT NULL AND r.undo_of_id IS NULL AND NOT r.preview AND r.trigger <> 'answer'
          ORDER BY r.number DESC LIMIT %(feeds)s
       )
  FROM sync_integration i
 WHERE i.state = 'active'
   AND (%(minute)s::integer IS NULL OR mod(i.id, 60) = %(minute)s)
   AND NOT is_uploaded(i.connector, i.config)
   AND coalesce(i.last_source_time < %(before)s, true)
 ORDER BY i.id
