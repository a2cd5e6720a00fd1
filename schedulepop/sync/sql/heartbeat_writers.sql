-- Purpose: end sessions whose transaction still writes for an integration although they lost its lock; asked by a
-- process whose own session may have lost it as well, and then ends nobody. The web may not end
-- the worker's: those the next sweep ends. Relies on pg_locks and pg_stat_activity, which are small.
SELECT pg_terminate_backend(l.pid)
  FROM pg_locks l
  JOIN pg_stat_activity a ON a.pid = l.pid AND pg_has_role(a.usesysid, 'USAGE')
 WHERE l.locktype = 'advisory' AND l.classid = %(space)s AND l.objid = %(integration)s AND l.objsubid = 2
   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND l.pid <> pg_backend_pid()
   AND EXISTS (
     SELECT FROM pg_locks h
      WHERE h.locktype = 'advisory' AND h.granted AND h.classid = %(locks)s AND h.objid = %(integration)s
        AND h.objsubid = 2 AND h.database = l.database AND h.pid = %(holder)s)
