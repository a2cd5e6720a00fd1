-- Purpose: files that nothing has read for their days go, and what says that they came; a run of then has no file any more.
-- One of an integration with a run under way waits for the next day. Relies on the index of a run's file and on
-- arrivals being few.
WITH gone AS MATERIALIZED (
  SELECT f.id
    FROM sync_rawfeed f
   WHERE f.organization_id = %(organization)s AND f.stored_at < %(before)s AND f.source_time < %(before)s
     AND NOT f.id = ANY (%(needed)s::bigint[])
     AND NOT EXISTS (SELECT FROM sync_run r WHERE r.raw_id = f.id AND r.requested_at >= %(before)s)
     AND NOT EXISTS (SELECT FROM sync_run r
                      WHERE r.integration_id = f.integration_id AND r.state IN ('queued', 'running'))
     AND NOT EXISTS (SELECT FROM sync_arrival a WHERE a.raw_id = f.id AND a.at >= %(before)s)
   ORDER BY f.id LIMIT %(most)s
     FOR UPDATE SKIP LOCKED
), runs AS (
  UPDATE sync_run SET raw_id = NULL WHERE organization_id = %(organization)s AND raw_id IN (SELECT id FROM gone)
), arrived AS (
  DELETE FROM sync_arrival WHERE organization_id = %(organization)s AND raw_id IN (SELECT id FROM gone)
)
DELETE FROM sync_rawfeed WHERE id IN (SELECT id FROM gone)
