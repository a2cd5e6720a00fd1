-- Purpose: keep a feed once by its content; a paused driver may have kept it in between.
-- Relies on raw_once.
INSERT INTO sync_rawfeed (organization_id, integration_id, sha256, size, content, kind, name, source_time, stored_at)
VALUES (%(organization)s, %(integration)s, %(sha256)s, %(size)s, %(content)s, %(kind)s, %(name)s, %(source_time)s, %(now)s)
    ON CONFLICT (integration_id, sha256) DO NOTHING
