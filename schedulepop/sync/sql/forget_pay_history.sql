-- Purpose: the history of an integration's runs and their journal tell no pay any more.
-- Relies on change_by_run and the index of a run's integration.
UPDATE sync_change c
   SET fields = coalesce((SELECT jsonb_agg(f.item ORDER BY f.place)
                            FROM jsonb_array_elements(c.fields) WITH ORDINALITY f (item, place)
                           WHERE NOT f.item ->> 'field' = ANY (%(tells)s::text[])), '[]'::jsonb),
       images = coalesce((SELECT jsonb_agg(i.image || jsonb_build_object('before', (i.image -> 'before') - %(tells)s::text[],
                                                                         'after', (i.image -> 'after') - %(tells)s::text[]))
                            FROM jsonb_array_elements(c.images) i (image)), '[]'::jsonb)
  FROM sync_run r
 WHERE r.id = c.run_id AND r.integration_id = %(integration)s
   AND (EXISTS (SELECT FROM jsonb_array_elements(c.fields) f WHERE f ->> 'field' = ANY (%(tells)s::text[]))
     OR EXISTS (SELECT FROM jsonb_array_elements(c.images) i WHERE i -> 'after' ?| %(tells)s::text[]))
