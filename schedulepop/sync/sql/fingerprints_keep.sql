-- Purpose: what the next run compares with. Without a day in `compared_on` the last full comparison stays as it is.
-- Relies on the unique index by integration.
INSERT INTO sync_fingerprints AS f (integration_id, rules_hash, blob, people, compared_on, seal, sha256, found)
VALUES (%(integration)s, %(rules)s, %(blob)s, %(people)s, %(compared_on)s, %(seal)s, %(sha256)s, %(found)s)
    ON CONFLICT (integration_id) DO UPDATE
   SET rules_hash = excluded.rules_hash, blob = excluded.blob, people = excluded.people, seal = excluded.seal,
       sha256 = excluded.sha256, found = excluded.found, compared_on = coalesce(excluded.compared_on, f.compared_on)
