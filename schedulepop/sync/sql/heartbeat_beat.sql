-- Purpose: the driver of a run is alive. Never waits: while the applying transaction has the row, the session's own
-- activity is the beat. Relies on the primary key.
UPDATE sync_run SET heartbeat_at = clock_timestamp()
 WHERE id IN (SELECT id FROM sync_run WHERE id = %(run)s AND fencing_token = %(token)s AND state = 'running'
                 FOR NO KEY UPDATE SKIP LOCKED)
