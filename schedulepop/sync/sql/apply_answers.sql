-- Purpose: what answers say becomes true: links that are over, changes of a person's id for CMS, the answers done. Of the
-- ids a person goes on with one is the first.
-- Relies on link_id_once, link_by_user and the primary key of sync_answer.
UPDATE sync_link l SET retired_at = %(now)s
  FROM unnest(%(over)s::text[], %(whose)s::bigint[]) AS o (source_id, user_id)
 WHERE l.integration_id = %(integration)s AND l.source_id = o.source_id AND l.user_id = o.user_id
   AND l.retired_at IS NULL;
UPDATE sync_link l SET further = false
  FROM (SELECT min(id) AS id FROM sync_link
         WHERE integration_id = %(integration)s AND user_id = ANY (%(whose)s::bigint[]) AND retired_at IS NULL
         GROUP BY user_id HAVING bool_and(further)) f
 WHERE l.id = f.id;
INSERT INTO sync_idchange (organization_id, integration_id, user_id, old_id, new_id, changed_on, by, at)
SELECT %(organization)s, %(integration)s, c.user_id, c.old_id, c.new_id, %(today)s, coalesce(nullif(c.said_by, ''), %(by)s), %(now)s
  FROM unnest(%(changed)s::bigint[], %(old_ids)s::text[], %(new_ids)s::text[], %(said_by)s::text[])
       AS c (user_id, old_id, new_id, said_by)
 WHERE NOT EXISTS (SELECT FROM sync_idchange x WHERE x.integration_id = %(integration)s AND x.user_id = c.user_id
                      AND x.old_id = c.old_id AND x.new_id = c.new_id);
UPDATE sync_answer SET applied_at = %(now)s WHERE id = ANY (%(answers)s::bigint[]) AND integration_id = %(integration)s
