-- Purpose: the overrides and pins that are open, with the number of the run that was taken back as a whole.
-- Relies on override_open, and the primary key of sync_run.
SELECT k.id, k.user_id, k.location_id, k.field, k.kind, k.value, k.until,
       CASE WHEN u.summary ->> 'person' IS NULL THEN r.number END
  FROM sync_fieldoverride k
  LEFT JOIN sync_run u ON u.id = k.run_id
  LEFT JOIN sync_run r ON r.id = u.undo_of_id
 WHERE k.organization_id = %(organization)s AND k.released_at IS NULL
   AND (%(users)s::bigint[] IS NULL OR k.user_id = ANY (%(users)s::bigint[]))
 ORDER BY k.id
