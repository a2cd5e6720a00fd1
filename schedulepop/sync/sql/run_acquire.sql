-- Purpose: this process drives the run from here: the integration's fencing_token is bumped, so every earlier driver is a zombie.
-- No row comes back when somebody else has taken the run since its row was read; the transaction is then rolled back.
-- Relies on both primary keys. The integration's row is locked before the run's.
  WITH bumped AS (
       UPDATE sync_integration SET fencing_token = fencing_token + 1 WHERE id = %(integration)s RETURNING fencing_token
       )
UPDATE sync_run r
   SET fencing_token = b.fencing_token, state = 'running', started_at = coalesce(r.started_at, %(now)s), attempt = r.attempt + 1,
       heartbeat_at = %(now)s, stage = 'read'
  FROM bumped b
 WHERE r.id = %(run)s AND r.fencing_token = %(token)s
RETURNING r.fencing_token, r.state, r.started_at, r.attempt, r.heartbeat_at, r.stage, r.raw_id, r.source_time
