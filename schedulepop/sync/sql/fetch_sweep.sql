-- Purpose: fetches that a run waits for and nobody does get their job, or have the one that a dead worker took back in the
-- queue; answers those runs. Relies on job_of_fetch, and on few runs waiting at a time.
WITH waiting AS MATERIALIZED (
  SELECT r.id, r.trigger
    FROM sync_fetch f
    JOIN sync_run r ON r.id = f.run_id AND r.organization_id = f.organization_id
   WHERE r.state = 'queued' AND r.requested_at < %(queued_before)s
     AND (f.leased_until IS NULL OR f.leased_until < clock_timestamp())
)
INSERT INTO procrastinate_jobs AS job (queue_name, task_name, priority, args)
SELECT %(queue)s, 'fetch_feed', (w.trigger IN ('manual', 'answer'))::integer, jsonb_build_object('run_id', w.id)
  FROM waiting w
 WHERE NOT EXISTS (SELECT FROM procrastinate_jobs j
                    WHERE j.task_name = 'fetch_feed' AND j.status = 'todo' AND j.args ->> 'run_id' = w.id::text)
ON CONFLICT ((args ->> 'run_id')) WHERE task_name = 'fetch_feed' DO UPDATE
   SET status = 'todo', worker_id = NULL, attempts = job.attempts + 1
 WHERE job.status <> 'todo'
   AND NOT EXISTS (SELECT FROM procrastinate_events e
                    WHERE e.job_id = job.id AND e.type = 'started' AND e.at > clock_timestamp() - %(on_its_way)s)
RETURNING (job.args ->> 'run_id')::bigint
