-- Purpose: remove the marks this run has read and answered; a mark set again since stays for the next run.
-- Relies on the primary key of sync_touched.
DELETE FROM sync_touched t USING unnest(%(links)s::bigint[], %(versions)s::bigint[]) AS seen (link_id, version)
 WHERE t.link_id = seen.link_id AND t.version = seen.version
