-- Purpose: the counters of missing people become those of this run; only what differs is written.
-- Whoever is in the feed again counts toward `short` again.
-- Relies on missing_once and link_short_accepted.
UPDATE sync_link SET short_accepted = false
 WHERE integration_id = %(integration)s AND short_accepted AND NOT source_id = ANY (%(ids)s::text[]);
DELETE FROM sync_missinglink m
 WHERE m.integration_id = %(integration)s
   AND NOT EXISTS (SELECT FROM unnest(%(ids)s::text[], %(abouts)s::text[], %(places)s::bigint[]) AS b (source_id, about, place)
                    WHERE b.source_id = m.source_id AND b.about = m.about AND b.place IS NOT DISTINCT FROM m.location_id);
INSERT INTO sync_missinglink AS m (integration_id, source_id, about, location_id, feeds, since, counted_sha)
SELECT %(integration)s, b.source_id, b.about, b.place, b.feeds, b.since, b.counted_sha
  FROM unnest(%(ids)s::text[], %(abouts)s::text[], %(places)s::bigint[], %(feeds)s::int[], %(since)s::date[], %(shas)s::text[])
       AS b (source_id, about, place, feeds, since, counted_sha)
 WHERE NOT EXISTS (SELECT FROM sync_missinglink x
                    WHERE x.integration_id = %(integration)s AND x.source_id = b.source_id AND x.about = b.about
                      AND x.location_id IS NOT DISTINCT FROM b.place
                      AND (x.feeds, x.since, x.counted_sha) = (b.feeds, b.since, b.counted_sha))
    ON CONFLICT (integration_id, source_id, about, location_id) DO UPDATE
   SET feeds = excluded.feeds, since = excluded.since, counted_sha = excluded.counted_sha
