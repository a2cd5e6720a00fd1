-- Purpose: keep a feed once by its bytes as they came; a paused driver may have kept it in between. Read by other rules,
-- the same bytes leave another copy, which takes the place of the last one.
-- Relies on raw_once.
INSERT INTO sync_rawfeed
       (organization_id, integration_id, received, sha256, size, content, kind, name, source_time, stored_at, not_kept, spare,
        sheets, stable_id)
VALUES (%(organization)s, %(integration)s, %(received)s, %(sha256)s, %(size)s, %(content)s, %(kind)s, %(name)s,
        %(source_time)s, %(now)s, %(not_kept)s::jsonb, %(spare)s::jsonb, %(sheets)s::jsonb, %(stable_id)s)
    ON CONFLICT (integration_id, received) DO UPDATE
   SET sha256 = excluded.sha256, size = excluded.size, content = excluded.content, kind = excluded.kind,
       not_kept = excluded.not_kept, spare = excluded.spare, sheets = excluded.sheets, stable_id = excluded.stable_id
