-- Purpose: the oldest runs of an organization that are past its years and that nothing waits for or reads.
-- Relies on run_newest, whose order is the age's.
SELECT id
  FROM (SELECT id, requested_at, plan IS NULL AND state NOT IN ('queued', 'running') AS bare FROM sync_run
         WHERE organization_id = %(organization)s ORDER BY id LIMIT %(most)s) oldest
 WHERE bare AND requested_at < %(before)s
 ORDER BY id
