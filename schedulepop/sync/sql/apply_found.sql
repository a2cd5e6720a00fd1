-- Purpose: link people who exist to the records that are theirs, found or answered, once.
-- Relies on link_id_once; a person already linked to another id fails the transaction (link_user_once), unless
-- somebody answered that they have both (`further`).
INSERT INTO sync_link (organization_id, integration_id, source_id, user_id, created_at, further, short_accepted)
SELECT %(organization)s, %(integration)s, f.source_id, f.user_id, %(now)s, f.further, false
  FROM unnest(%(ids)s::text[], %(users)s::bigint[], %(further)s::boolean[]) AS f (source_id, user_id, further)
    ON CONFLICT (integration_id, source_id) WHERE retired_at IS NULL DO NOTHING
