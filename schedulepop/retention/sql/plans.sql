-- Purpose: plans past their days go, with what they told of differences; the run stays, and what it applied is its
-- history. Whoever waits for a decision keeps the plan. Relies on run_with_plan.
UPDATE sync_run
   SET plan = NULL, summary = summary - 'differences'
 WHERE id IN (SELECT id FROM sync_run
               WHERE organization_id = %(organization)s AND plan IS NOT NULL AND requested_at < %(before)s
                 AND state NOT IN ('queued', 'running', 'planned', 'held') AND rest <> 'waiting'
                 AND NOT id = ANY (%(needed)s::bigint[])
               ORDER BY id LIMIT %(most)s)
