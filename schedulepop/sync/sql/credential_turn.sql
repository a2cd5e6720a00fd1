-- Purpose: the next turn of an account for all who ask it, whichever worker: answers when it is, and how many seconds
-- that is from now. Relies on the primary key.
INSERT INTO sync_credential AS c (key, next_at, proven, tries)
VALUES (%(key)s, clock_timestamp() + make_interval(secs => %(every)s), false, '[]')
ON CONFLICT (key) DO UPDATE
   SET next_at = greatest(c.next_at, clock_timestamp()) + make_interval(secs => %(every)s)
RETURNING next_at - make_interval(secs => %(every)s),
          extract(epoch FROM next_at - make_interval(secs => %(every)s) - clock_timestamp())::float8
