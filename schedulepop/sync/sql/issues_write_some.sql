-- Purpose: the open issues that name somebody of a run at once become those of this run; all others stay as they are. An
-- issue is closed when it named one of them and names nobody any more, unless nothing was applied. What is on hold is said
-- once: where an issue about the same scope is open already (`of_holds`), it stays that of the run that opened it.
-- Relies on issue_open_once and link_id_once.
UPDATE sync_issue i
   SET count = b.count, rows = b.rows, reasons = b.reasons, location_id = b.location_id,
       user_id = coalesce(b.user_id, i.user_id)
  FROM bulk_issue b
 WHERE i.integration_id = %(integration)s AND i.resolved_at IS NULL AND i.code = b.code AND i.key = b.key
   AND (i.count, i.rows, i.reasons) IS DISTINCT FROM (b.count, b.rows, b.reasons) AND NOT i.code = ANY (%(of_holds)s);
INSERT INTO sync_issue (organization_id, integration_id, location_id, user_id, code, key, count, rows, reasons,
       first_seen_at, first_run_id, resolved_by)
SELECT %(organization)s, %(integration)s, b.location_id, coalesce(b.user_id, (
         SELECT l.user_id FROM sync_link l
          WHERE l.integration_id = %(integration)s AND l.source_id = b.key AND l.retired_at IS NULL)), b.code, b.key,
       b.count, b.rows, b.reasons, %(now)s, %(run)s, ''
  FROM bulk_issue b
 WHERE NOT EXISTS (SELECT FROM sync_issue i WHERE i.integration_id = %(integration)s AND i.resolved_at IS NULL
                      AND i.code = b.code AND i.key = b.key);
UPDATE sync_issue i SET resolved_at = %(now)s, resolved_by = %(by)s
 WHERE i.integration_id = %(integration)s AND i.resolved_at IS NULL AND %(closes)s AND NOT i.code = ANY (%(of_holds)s)
   AND NOT EXISTS (SELECT FROM bulk_issue b WHERE b.code = i.code AND b.key = i.key)
   AND (i.key = ANY (%(compared)s::text[])
        OR EXISTS (SELECT FROM jsonb_array_elements(i.rows) r WHERE r ->> 'source_id' = ANY (%(compared)s::text[])));
DROP TABLE bulk_issue
