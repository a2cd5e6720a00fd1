-- Purpose: link people who exist to the records that were found to be theirs, once.
-- Relies on link_id_once; a person already linked to another id fails the transaction (link_user_once).
INSERT INTO sync_link (organization_id, integration_id, source_id, user_id, created_at, short_accepted)
SELECT %(organization)s, %(integration)s, f.source_id, f.user_id, %(now)s, false
  FROM unnest(%(ids)s::text[], %(users)s::bigint[]) AS f (source_id, user_id)
    ON CONFLICT (integration_id, source_id) WHERE retired_at IS NULL DO NOTHING
