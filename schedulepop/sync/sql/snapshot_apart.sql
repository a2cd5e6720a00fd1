-- Purpose: pairs of users whom somebody called different people: in the duplicates finder, or by an answer about a record
-- that made a user of its own since. Both ways round.
-- Relies on answer_once and link_id_once; of sync_distinctpair there are few.
WITH said AS (
  SELECT d.one_id AS one, d.other_id AS other FROM sync_distinctpair d WHERE d.organization_id = %(organization)s
  UNION
  SELECT l.user_id, denied.id::bigint
    FROM sync_answer a
    JOIN sync_link l ON l.integration_id = a.integration_id AND l.source_id = a.source_id AND l.retired_at IS NULL
   CROSS JOIN jsonb_array_elements_text(a.denied) AS denied (id)
   WHERE a.organization_id = %(organization)s AND a.kind = 'different' AND a.withdrawn_at IS NULL
     AND l.user_id <> denied.id::bigint
)
SELECT one, other FROM said UNION SELECT other, one FROM said ORDER BY 1, 2
