-- Purpose: whoever gets a row back has the lease of this integration's source: nobody else has it, or theirs has run out.
-- The fencing token makes everybody before a zombie. With a run only if its feed is still waited for. Relies on
-- sync_fetch's index of integration_id; all times are the database's.
UPDATE sync_fetch
   SET fencing_token = fencing_token + 1, began_at = clock_timestamp(),
       leased_until = clock_timestamp() + make_interval(secs => %(seconds)s),
       attempt = attempt + (%(run)s::bigint IS NOT NULL)::integer
 WHERE integration_id = %(integration)s AND organization_id = %(organization)s
   AND (leased_until IS NULL OR leased_until < clock_timestamp())
   AND (%(run)s::bigint IS NULL OR run_id = %(run)s)
RETURNING fencing_token, attempt
