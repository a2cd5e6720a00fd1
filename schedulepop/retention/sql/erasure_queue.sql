-- Purpose: the job that erases somebody, in the transaction that asks for it; a job that died is replaced by the hour's.
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, scheduled_at)
VALUES (%(queue)s, 'erase_person', 1, jsonb_build_object('erasure_id', %(erasure)s::bigint),
        CASE WHEN %(seconds)s > 0 THEN now() + make_interval(secs => %(seconds)s) END)
