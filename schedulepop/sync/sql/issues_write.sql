-- Purpose: the open issues of an integration become those of this run. What is the same is not written; an issue
-- that was not seen is resolved when its records were looked at, or when it names none. Whose it is, a finding carried
-- with a record that was passed over does not say; the link does.
-- A run that compared nobody (of the dates) settles none, one of which nothing was applied closes none, and where its
-- feed is in doubt issues stay as they are: those at these places, and those at none that name somebody there. What is
-- said of holds (`of_holds`) is that of the newest plan all the same.
-- Relies on issue_open_once, link_id_once, membership_once.
CREATE TEMP TABLE bulk_kept ON COMMIT DROP AS
SELECT i.id FROM sync_issue i
 WHERE i.integration_id = %(integration)s AND i.resolved_at IS NULL AND NOT i.code = ANY (%(of_holds)s)
   AND (%(doubted)s OR i.location_id = ANY (%(places)s::bigint[])
        OR (i.location_id IS NULL AND cardinality(%(places)s::bigint[]) > 0 AND EXISTS (
              SELECT FROM jsonb_array_elements(i.rows) r
               WHERE r ->> 'source_id' = ANY (%(stopped)s::text[])
                  OR EXISTS (SELECT FROM sync_link l JOIN directory_membership m ON m.user_id = l.user_id
                              WHERE l.integration_id = %(integration)s AND l.source_id = r ->> 'source_id'
                                AND l.retired_at IS NULL AND m.location_id = ANY (%(places)s::bigint[])))));
UPDATE sync_issue i
   SET count = b.count, rows = b.rows, reasons = b.reasons, location_id = b.location_id,
       user_id = coalesce(b.user_id, i.user_id)
  FROM bulk_issue b
 WHERE i.integration_id = %(integration)s AND i.resolved_at IS NULL AND i.code = b.code AND i.key = b.key
   AND (i.count, i.rows, i.reasons) IS DISTINCT FROM (b.count, b.rows, b.reasons)
   AND NOT EXISTS (SELECT FROM bulk_kept k WHERE k.id = i.id);
INSERT INTO sync_issue (organization_id, integration_id, location_id, user_id, code, key, count, rows, reasons,
       first_seen_at, first_run_id, resolved_by)
SELECT %(organization)s, %(integration)s, b.location_id, coalesce(b.user_id, (
         SELECT l.user_id FROM sync_link l
          WHERE l.integration_id = %(integration)s AND l.source_id = b.key AND l.retired_at IS NULL)), b.code, b.key, b.count, b.rows, b.reasons, %(now)s,
       %(run)s, ''
  FROM bulk_issue b
 WHERE NOT EXISTS (SELECT FROM sync_issue i WHERE i.integration_id = %(integration)s AND i.resolved_at IS NULL
                      AND i.code = b.code AND i.key = b.key);
UPDATE sync_issue i SET resolved_at = %(now)s, resolved_by = %(by)s
 WHERE i.integration_id = %(integration)s AND i.resolved_at IS NULL
   AND NOT EXISTS (SELECT FROM bulk_issue b WHERE b.code = i.code AND b.key = i.key)
   AND NOT EXISTS (SELECT FROM bulk_kept k WHERE k.id = i.id)
   AND (%(settles)s OR (%(decided)s AND i.first_run_id = %(run)s))
   AND (%(closes)s OR i.code = ANY (%(of_holds)s))
   AND (%(full)s OR i.key = ANY (%(compared)s::text[])
        OR NOT EXISTS (SELECT FROM jsonb_array_elements(i.rows) r WHERE r ->> 'source_id' IS NOT NULL)
        OR EXISTS (SELECT FROM jsonb_array_elements(i.rows) r WHERE r ->> 'source_id' = ANY (%(compared)s::text[])));
DROP TABLE bulk_kept;
DROP TABLE bulk_issue
