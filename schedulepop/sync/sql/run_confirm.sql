-- Purpose: this transaction writes for its integration from here on, which `heartbeat_writers` can see, and the run's row
-- is its own until it ends; no row where another process drives the run by now. Relies on the primary key.
WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(%(space)s, %(integration)s))
SELECT r.id
  FROM turn CROSS JOIN sync_run r
 WHERE r.id = %(run)s AND r.fencing_token = %(token)s AND r.state = 'running'
   FOR UPDATE OF r
