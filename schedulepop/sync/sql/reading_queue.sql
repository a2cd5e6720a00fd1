-- Purpose: the job that reads everybody for a set-up, in the transaction that says so; a person waits, so it goes first.
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args)
VALUES (%(queue)s, 'read_everybody', 1, jsonb_build_object('integration_id', %(integration)s::bigint))
