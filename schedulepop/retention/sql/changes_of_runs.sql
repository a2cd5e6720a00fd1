-- Purpose: what these runs changed, as far as one transaction takes. Relies on change_by_run.
DELETE FROM sync_change
 WHERE id IN (SELECT id FROM sync_change
               WHERE organization_id = %(organization)s AND run_id = ANY (%(runs)s::bigint[]) LIMIT %(most)s)
