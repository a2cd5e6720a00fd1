-- Purpose: the newest edit by a person (not by a sync) of each field, so that an overwrite can name its editor.
-- Relies on audit_by_people, a partial index without the many entries of syncs.
SELECT DISTINCT ON (a.user_id, a.location_id, c ->> 'field')
       a.user_id, a.location_id, c ->> 'field', a.by, a.at::date
  FROM accounts_auditentry a CROSS JOIN LATERAL jsonb_array_elements(a.changes) c
 WHERE a.organization_id = %(organization)s AND a.door <> 'sync' AND a.user_id IS NOT NULL AND a.at > %(since)s AND {a.organization_id OR a.user_id}
 ORDER BY a.user_id, a.location_id, c ->> 'field', a.at DESC
