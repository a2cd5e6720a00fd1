-- Purpose: active integrations whose files are uploaded by hand, with the newest upload: asked of everybody once an hour,
-- a sixtieth every minute. `upload_reminder` decides. Relies on integration_minute and raw_once.
SELECT i.id, (
         SELECT max(f.source_time) FROM sync_rawfeed f
          WHERE f.integration_id = i.id AND f.organization_id = i.organization_id
       )
  FROM sync_integration i
 WHERE i.state = 'active'
   AND is_uploaded(i.connector, i.config)
   AND (%(minute)s::integer IS NULL OR mod(i.id, 60) = %(minute)s)
 ORDER BY i.id
