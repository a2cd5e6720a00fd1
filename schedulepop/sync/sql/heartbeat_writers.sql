-- Purpose: end sessions whose transaction still writes for an integration although they lost its lock. Relies on
-- pg_locks, which is small.
SELECT pg_terminate_backend(l.pid)
  FROM pg_locks l
 WHERE l.locktype = 'advisory' AND l.classid = %(space)s AND l.objid = %(integration)s AND l.objsubid = 2
   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND l.pid <> pg_backend_pid()
