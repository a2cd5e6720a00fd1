-- Purpose: this process drives the run from here: the integration's fencing_token is bumped, so every earlier driver is a zombie.
-- No row comes back, and nothing is written, when somebody else has taken the run since its row was read, when another run
-- of the integration is being driven, while a transaction still writes for it (`space`), or when one was driven since the
-- integration's row was read (`seen`). Relies on both primary keys and run_one_at_a_time. The integration's row is locked before the run's.
  WITH turn AS MATERIALIZED (
       SELECT pg_try_advisory_xact_lock(%(space)s, %(integration)s) AS free
       ), bumped AS (
       UPDATE sync_integration i SET fencing_token = i.fencing_token + 1
         FROM turn
        WHERE i.id = %(integration)s AND turn.free AND (%(seen)s::integer IS NULL OR i.fencing_token = %(seen)s)
          AND EXISTS (SELECT FROM sync_run WHERE id = %(run)s AND fencing_token = %(token)s)
          AND NOT EXISTS (SELECT FROM sync_run WHERE integration_id = %(integration)s AND state = 'running' AND id <> %(run)s)
       RETURNING i.fencing_token
       )
UPDATE sync_run r
   SET fencing_token = b.fencing_token, state = 'running', started_at = coalesce(r.started_at, %(now)s), attempt = r.attempt + 1,
       heartbeat_at = %(now)s, stage = 'read'
  FROM bumped b
 WHERE r.id = %(run)s AND r.fencing_token = %(token)s
RETURNING r.fencing_token, r.state, r.started_at, r.attempt, r.heartbeat_at, r.stage, r.raw_id, r.source_time
