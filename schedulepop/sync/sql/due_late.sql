-- Purpose: active integrations without a good run since a moment, of which that was not told yet: asked every minute.
-- Counted from the last good run or the activation, whichever is newer, as `schedule.is_late` does. Relies on integration_success.
SELECT i.id
  FROM sync_integration i
 CROSS JOIN LATERAL (
   SELECT greatest(i.last_success_at, (i.notice_log ->> %(active_since)s)::timestamptz) AS since,
          i.notice_log ->> %(notice)s AS told
 ) AS m
 WHERE i.state = 'active'
   AND NOT is_uploaded(i.connector, i.config)
   AND (i.last_success_at < %(before)s OR i.last_success_at IS NULL)
   AND coalesce(m.since < %(before)s, true)
   AND CASE m.told
         WHEN 'ever' THEN m.since IS NOT NULL
         ELSE m.told::timestamptz IS DISTINCT FROM m.since OR m.told IS NULL
       END
 ORDER BY i.id
