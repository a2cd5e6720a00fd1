-- Purpose: the newest edit by a person (not by a sync) of each field, so that an overwrite can name its editor; not those
-- that a sync has overwritten, or an undo put back, since.
-- Relies on audit_by_people, a partial index without the many entries of syncs, and on change_by_user.
SELECT DISTINCT ON (a.user_id, a.location_id, c ->> 'field')
       a.user_id, a.location_id, c ->> 'field', a.by, a.at::date
  FROM accounts_auditentry a CROSS JOIN LATERAL jsonb_array_elements(a.changes) c
 WHERE a.organization_id = %(organization)s AND a.door <> 'sync' AND a.user_id IS NOT NULL AND a.at > %(since)s AND {a.organization_id OR a.user_id}
   AND NOT EXISTS (SELECT FROM sync_change s CROSS JOIN LATERAL jsonb_array_elements(s.fields) f
                    WHERE s.user_id = a.user_id AND s.at > a.at AND f ->> 'field' = c ->> 'field'
                      AND (a.location_id IS NULL OR s.location_id = a.location_id))
 ORDER BY a.user_id, a.location_id, c ->> 'field', a.at DESC
