-- Purpose: run_confirm, and in the same round trip whether the steps of the applying transaction that settle what was left
-- before have anything to do: people counted as missing (or a short feed accepted), people kept apart, kept feeds with
-- spare columns, older runs that wait.
-- Relies on missing_once, link_short_accepted, raw_once and run_waiting, and on few deferrals being open.
WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(%(space)s, %(integration)s))
SELECT EXISTS (SELECT FROM sync_missinglink WHERE integration_id = r.integration_id)
         OR EXISTS (SELECT FROM sync_link WHERE integration_id = r.integration_id AND short_accepted),
       EXISTS (SELECT FROM sync_deferral WHERE integration_id = r.integration_id AND ended_at IS NULL),
       EXISTS (SELECT FROM sync_rawfeed WHERE integration_id = r.integration_id AND spare <> '[]' AND content IS NOT NULL),
       EXISTS (SELECT FROM sync_run o WHERE o.integration_id = r.integration_id AND o.number < r.number
                  AND (o.state IN ('planned', 'held') OR o.rest = 'waiting'))
  FROM turn CROSS JOIN sync_run r
 WHERE r.id = %(run)s AND r.fencing_token = %(token)s AND r.state = 'running'
   FOR UPDATE OF r
