-- Purpose: whether the open issues of an integration are just those found, with the same rows: then issues_write would
-- write nothing. Relies on issue_open_once.
WITH found AS MATERIALIZED (
  SELECT code, key, count, rows::jsonb AS rows, reasons::jsonb AS reasons
    FROM json_to_recordset(%(found)s) AS f (code text, key text, count int, rows text, reasons text)
), open AS MATERIALIZED (
  SELECT code, key, count, rows, reasons FROM sync_issue WHERE integration_id = %(integration)s AND resolved_at IS NULL
)
SELECT NOT EXISTS (
         SELECT FROM found f FULL JOIN open o ON o.code = f.code AND o.key = f.key
          WHERE (o.count, o.rows, o.reasons) IS DISTINCT FROM (f.count, f.rows, f.reasons))
