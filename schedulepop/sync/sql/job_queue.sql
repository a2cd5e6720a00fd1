-- Purpose: the one job of a run, in the transaction of its row; nothing when it has one. A run that waits for its feed is
-- fetched for first. What a person asked for goes first. Relies on job_of_run and job_of_fetch (truths).
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args)
SELECT CASE WHEN f.id IS NULL THEN %(runs)s ELSE %(fetches)s END,
       CASE WHEN f.id IS NULL THEN 'drive_run' ELSE 'fetch_feed' END,
       (r.trigger IN ('manual', 'answer'))::integer, jsonb_build_object('run_id', r.id)
  FROM sync_run r
  LEFT JOIN sync_fetch f ON f.run_id = r.id AND f.organization_id = r.organization_id
 WHERE r.id = %(run)s
ON CONFLICT DO NOTHING
