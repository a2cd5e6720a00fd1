-- Purpose: release the overrides and pins that are over, once, and say so in the audit trail.
-- Relies on the primary key of sync_fieldoverride.
WITH freed AS (
  UPDATE sync_fieldoverride k SET released_at = %(now)s, released_by = %(by)s, released_why = f.why
    FROM unnest(%(ids)s::bigint[], %(whys)s::text[]) AS f (id, why)
   WHERE k.id = f.id AND k.organization_id = %(organization)s AND k.released_at IS NULL
  RETURNING k.id, k.user_id, k.location_id, k.field, k.kind, f.why
)
INSERT INTO accounts_auditentry (organization_id, at, by, door, verb, subject, subject_id, user_id, location_id, run_id,
       changes)
SELECT %(organization)s, %(now)s, %(by)s, 'sync', 'released', 'keep', id, user_id, location_id, %(run)s,
       jsonb_build_array(jsonb_build_object('field', field, 'old', kind, 'new', null, 'why', why))
  FROM freed
