-- Purpose: end the session that holds an integration's lock when neither the run's row nor the session itself has
-- shown a sign of life for so many seconds. Relies on the primary key; pg_locks is small.
SELECT pg_terminate_backend(l.pid)
  FROM pg_locks l
  JOIN pg_stat_activity a ON a.pid = l.pid
  JOIN sync_run r ON r.id = %(run)s
 WHERE l.locktype = 'advisory' AND l.granted AND l.classid = %(space)s AND l.objid = %(integration)s AND l.objsubid = 2
   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND l.pid <> pg_backend_pid()
   AND coalesce(r.heartbeat_at, r.requested_at) < clock_timestamp() - make_interval(secs => %(silent)s)
   AND (a.application_name <> %(name)s OR a.state_change < clock_timestamp() - make_interval(secs => %(silent)s))
