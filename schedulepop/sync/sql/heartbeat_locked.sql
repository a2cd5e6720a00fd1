-- Purpose: whether somebody holds an integration's lock, asked without touching it: a probe that took it for a moment
-- would turn a starting driver away. Relies on pg_locks, which is small.
SELECT EXISTS (
  SELECT FROM pg_locks l
   WHERE l.locktype = 'advisory' AND l.granted AND l.classid = %(space)s AND l.objid = %(integration)s AND l.objsubid = 2
     AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
