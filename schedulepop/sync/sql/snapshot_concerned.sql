-- Purpose: ids with an answer that is not true yet, and all ids of people who have or get more than one of them.
-- Relies on answer_once, link_further and link_by_user.
SELECT a.source_id, true
  FROM sync_answer a
 WHERE a.integration_id = %(integration)s AND a.withdrawn_at IS NULL AND a.applied_at IS NULL
 UNION ALL
SELECT l.source_id, false
  FROM (SELECT user_id FROM sync_link WHERE integration_id = %(integration)s AND further AND retired_at IS NULL
         UNION
        SELECT user_id FROM sync_answer
         WHERE integration_id = %(integration)s AND withdrawn_at IS NULL AND applied_at IS NULL) p
  JOIN sync_link l ON l.user_id = p.user_id AND l.integration_id = %(integration)s AND l.retired_at IS NULL
