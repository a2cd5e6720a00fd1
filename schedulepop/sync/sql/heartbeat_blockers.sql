-- Purpose: end sessions of our own role, and of the web's where the worker asks, that have been silent in the middle of a transaction for so many seconds while
-- somebody waits for their rows: their process is paused. Relies on pg_stat_activity, which is small.
SELECT pg_terminate_backend(b.pid)
  FROM pg_stat_activity b
 WHERE b.datname = current_database() AND pg_has_role(b.usesysid, 'USAGE') AND b.pid <> pg_backend_pid()
   AND b.state IN ('idle in transaction', 'idle in transaction (aborted)')
   AND b.state_change < clock_timestamp() - make_interval(secs => %(silent)s)
   AND EXISTS (
     SELECT FROM pg_stat_activity w
      WHERE w.datname = b.datname AND w.wait_event_type = 'Lock' AND b.pid = ANY (pg_blocking_pids(w.pid)))
