-- Purpose: what the next run compares with. Without a day in `compared_on` the last full comparison stays as it is.
-- Relies on the unique index by integration.
INSERT INTO sync_fingerprints AS f (integration_id, rules_hash, blob, people, compared_on, content_hmac, reading)
VALUES (%(integration)s, %(rules)s, %(blob)s, %(people)s, %(compared_on)s, %(content_hmac)s, %(reading)s)
    ON CONFLICT (integration_id) DO UPDATE
   SET rules_hash = excluded.rules_hash, blob = excluded.blob, people = excluded.people, content_hmac = excluded.content_hmac,
       reading = excluded.reading, compared_on = coalesce(excluded.compared_on, f.compared_on)
