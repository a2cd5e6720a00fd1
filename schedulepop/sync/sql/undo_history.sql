-- Purpose: what a run changed, a row per field, in the order in which it was written.
-- Relies on change_by_run.
SELECT c.id, c.source_id, c.user_id, c.membership_id, c.location_id, c.verb, nullif(c.before, '{}'::jsonb)::text,
       f.item ->> 'field', f.item ->> 'old', f.item ->> 'new', f.item ->> 'why'
  FROM sync_change c
  LEFT JOIN LATERAL jsonb_array_elements(c.fields) WITH ORDINALITY AS f (item, place) ON true
 WHERE c.run_id = %(run)s AND (%(source_id)s::text IS NULL OR c.source_id = %(source_id)s)
 ORDER BY c.id, f.place
