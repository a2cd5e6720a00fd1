-- Purpose: the history of an integration's runs tells no pay any more.
-- Relies on change_by_run and the index of a run's integration.
UPDATE sync_change c
   SET fields = coalesce((SELECT jsonb_agg(f.item ORDER BY f.place)
                            FROM jsonb_array_elements(c.fields) WITH ORDINALITY f (item, place)
                           WHERE NOT f.item ->> 'field' = ANY (%(tells)s::text[])), '[]'::jsonb)
  FROM sync_run r
 WHERE r.id = c.run_id AND r.integration_id = %(integration)s
   AND EXISTS (SELECT FROM jsonb_array_elements(c.fields) f WHERE f ->> 'field' = ANY (%(tells)s::text[]))
