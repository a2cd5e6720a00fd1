-- Purpose: the journal of a run, or of one person in it: a row per column of an image, in the order in which it was
-- written. A membership the run made has no image: it is there with the status it was given. A change without any
-- is one row without a column.
-- Relies on change_by_run.
SELECT c.id, c.source_id, c.user_id, c.membership_id, c.location_id, c.verb, i."table", i.key, v.name,
       nullif(i.before ->> v.name, ''), nullif(i.after ->> v.name, '')
  FROM sync_change c
  LEFT JOIN LATERAL (
       SELECT "table", key, before, after
         FROM jsonb_to_recordset(c.images) AS r ("table" text, key bigint, before jsonb, after jsonb)
        UNION ALL
       SELECT 'directory_membership', c.membership_id, '{}'::jsonb, jsonb_build_object('status', f.item -> 'new')
         FROM jsonb_array_elements(c.fields) f (item) WHERE c.verb = 'create' AND f.item ->> 'field' = 'status') i ON true
  LEFT JOIN LATERAL jsonb_object_keys(i.after) v (name) ON true
 WHERE c.run_id = %(run)s AND (%(source_id)s::text IS NULL OR c.source_id = %(source_id)s)
 ORDER BY c.id
