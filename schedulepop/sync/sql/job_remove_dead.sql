-- Purpose: jobs that a worker took and did not live to end go, except those of runs under way, which job_sweep gives
-- back. Relies on few jobs being taken at a time.
DELETE FROM procrastinate_jobs j
 WHERE j.status = 'doing'
   AND NOT EXISTS (SELECT FROM procrastinate_workers w
                    WHERE w.id = j.worker_id AND w.last_heartbeat > clock_timestamp() - %(worker_silent)s)
   AND NOT EXISTS (SELECT FROM sync_run r
                    WHERE j.task_name = 'drive_run' AND r.id = (j.args ->> 'run_id')::bigint
                      AND r.state IN ('queued', 'running'))
