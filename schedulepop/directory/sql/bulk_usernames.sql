-- Purpose: the usernames already taken that begin like one of these, so that the next free number can be found.
-- Relies on accounts_user's pattern index on username (the operators compare by byte, whatever the collation).
SELECT u.username
  FROM unnest(%(stems)s::text[]) AS wanted (stem)
 CROSS JOIN LATERAL (
       SELECT username FROM accounts_user
        WHERE username ~>=~ wanted.stem AND username ~<~ (wanted.stem || ':')) u
 WHERE ltrim(substr(u.username, length(wanted.stem) + 1), '0123456789') = ''
