-- Purpose: notes on many integrations at once that a notice goes out, each about something of its own; answers the
-- organizations of those of which it is news. Rows that somebody writes right now are left out, so that nobody waits.
WITH news AS (
  SELECT i.id, i.organization_id, wanted.about
    FROM unnest(%(ids)s::bigint[], %(abouts)s::text[]) AS wanted (id, about)
    JOIN sync_integration i ON i.id = wanted.id
   WHERE i.notice_log ->> %(notice)s IS DISTINCT FROM wanted.about
   ORDER BY i.id
     FOR NO KEY UPDATE OF i SKIP LOCKED
)
UPDATE sync_integration i
   SET notice_log = i.notice_log || jsonb_build_object(%(notice)s::text, news.about)
  FROM news
 WHERE i.id = news.id AND i.organization_id = news.organization_id
RETURNING i.organization_id
