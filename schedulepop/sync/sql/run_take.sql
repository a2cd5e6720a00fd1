-- Purpose: this process drives the run from here: the integration's epoch is bumped, so every earlier driver is a zombie.
-- No row comes back when somebody else has taken the run since its row was read; the transaction is then rolled back.
-- Relies on both primary keys. The integration's row is locked before the run's.
  WITH bumped AS (
       UPDATE sync_integration SET epoch = epoch + 1 WHERE id = %(integration)s RETURNING epoch
       )
UPDATE sync_run r
   SET epoch = b.epoch, state = 'running', started_at = coalesce(r.started_at, %(now)s), attempt = r.attempt + 1,
       heartbeat_at = %(now)s, stage = 'read'
  FROM bumped b
 WHERE r.id = %(run)s AND r.epoch = %(epoch)s
RETURNING r.epoch, r.state, r.started_at, r.attempt, r.heartbeat_at, r.stage, r.raw_id, r.source_time
