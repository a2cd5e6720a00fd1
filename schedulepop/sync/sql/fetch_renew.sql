-- Purpose: these leases go on, as far as they are still theirs; answers those integrations. Relies on sync_fetch's index
-- of integration_id.
UPDATE sync_fetch f
   SET leased_until = clock_timestamp() + make_interval(secs => %(seconds)s)
  FROM unnest(%(integrations)s::bigint[], %(organizations)s::bigint[], %(tokens)s::bigint[])
       AS mine (integration_id, organization_id, fencing_token)
 WHERE f.integration_id = mine.integration_id AND f.organization_id = mine.organization_id
   AND f.fencing_token = mine.fencing_token AND f.leased_until IS NOT NULL
RETURNING f.integration_id
