-- Purpose: runs under way that nobody drives get their job, or have the one that a dead worker took back in the queue;
-- answers those runs. A driver holds its integration's lock; one that has shown no sign of life for so many seconds,
-- neither in the row nor by its session, has its session ended. A run that waits for its feed is fetch_sweep's. One statement however many wait; it relies on
-- run_under_way and job_of_run, and on pg_locks and pg_stat_activity, which are small.
WITH lock AS MATERIALIZED (
  SELECT l.objid::bigint AS integration_id, l.pid, a.application_name, a.state_change
    FROM pg_locks l
    LEFT JOIN pg_stat_activity a ON a.pid = l.pid
   WHERE l.locktype = 'advisory' AND l.granted AND l.classid = %(space)s AND l.objsubid = 2
     AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
     AND l.pid <> pg_backend_pid()
), under_way AS MATERIALIZED (
  SELECT r.id, r.trigger, k.pid,
         coalesce(r.heartbeat_at, r.requested_at) < clock_timestamp() - make_interval(secs => %(silent)s)
           AND (k.application_name <> %(name)s
                OR k.state_change < clock_timestamp() - make_interval(secs => %(silent)s)) AS silent
    FROM sync_run r
    LEFT JOIN lock k ON k.integration_id = r.integration_id
   WHERE r.state = 'running' OR (r.state = 'queued' AND r.requested_at < %(queued_before)s
     AND NOT EXISTS (SELECT FROM sync_fetch f WHERE f.run_id = r.id AND f.organization_id = r.organization_id))
), driverless AS MATERIALIZED (
  SELECT id, trigger FROM under_way
   WHERE CASE WHEN pid IS NULL THEN true WHEN silent THEN pg_terminate_backend(pid) ELSE false END
)
INSERT INTO procrastinate_jobs AS job (queue_name, task_name, priority, args)
SELECT %(queue)s, 'drive_run', (d.trigger IN ('manual', 'answer'))::integer, jsonb_build_object('run_id', d.id)
  FROM driverless d
 WHERE NOT EXISTS (SELECT FROM procrastinate_jobs j
                    WHERE j.task_name = 'drive_run' AND j.status = 'todo' AND j.args ->> 'run_id' = d.id::text)
ON CONFLICT ((args ->> 'run_id')) WHERE task_name = 'drive_run' DO UPDATE
   SET status = 'todo', worker_id = NULL, attempts = job.attempts + 1
 WHERE job.status <> 'todo'
   AND NOT EXISTS (SELECT FROM procrastinate_events e
                    WHERE e.job_id = job.id AND e.type = 'started' AND e.at > clock_timestamp() - %(on_its_way)s)
RETURNING (job.args ->> 'run_id')::bigint
