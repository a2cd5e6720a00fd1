-- Purpose: the counters of missing people become those of this run; only what differs is written.
-- Relies on missing_once.
CREATE TEMP TABLE bulk_missing ON COMMIT DROP AS
SELECT * FROM unnest(%(ids)s::text[], %(feeds)s::int[], %(since)s::date[], %(shas)s::text[])
           AS b (source_id, feeds, since, counted_sha);
DELETE FROM sync_missinglink m
 WHERE m.integration_id = %(integration)s AND NOT EXISTS (SELECT FROM bulk_missing b WHERE b.source_id = m.source_id);
INSERT INTO sync_missinglink AS m (integration_id, source_id, feeds, since, counted_sha)
SELECT %(integration)s, source_id, feeds, since, counted_sha FROM bulk_missing b
 WHERE NOT EXISTS (SELECT FROM sync_missinglink x WHERE x.integration_id = %(integration)s AND x.source_id = b.source_id
                      AND (x.feeds, x.since, x.counted_sha) = (b.feeds, b.since, b.counted_sha))
    ON CONFLICT (integration_id, source_id) DO UPDATE
   SET feeds = excluded.feeds, since = excluded.since, counted_sha = excluded.counted_sha;
DROP TABLE bulk_missing
