-- Purpose: memberships of people who are linked in another integration of the organization as well, and whose last change
-- there came from that one: who speaks for a membership is not written down, but who spoke last is. A retired one speaks
-- for nobody any more.
-- Relies on the index of an integration's organization, on link_id_once, link_by_user and change_by_user; where an
-- organization has one integration, nothing else is read.
WITH other AS (
  SELECT id FROM sync_integration
   WHERE organization_id = %(organization)s AND id <> %(integration)s AND state <> 'retired'
)
SELECT last.membership_id
  FROM (SELECT DISTINCT ON (c.membership_id) c.membership_id, r.integration_id
          FROM (SELECT DISTINCT o.user_id
                  FROM sync_link o
                 WHERE o.integration_id IN (SELECT id FROM other) AND o.retired_at IS NULL
                   AND (%(users)s::bigint[] IS NULL OR o.user_id = ANY (%(users)s::bigint[]))
                   AND EXISTS (SELECT FROM sync_link l WHERE l.user_id = o.user_id AND l.integration_id = %(integration)s
                                  AND l.retired_at IS NULL)) p
          JOIN sync_change c ON c.user_id = p.user_id
          JOIN sync_run r ON r.id = c.run_id
         WHERE c.membership_id IS NOT NULL
         ORDER BY c.membership_id, c.id DESC) last
 WHERE last.integration_id IN (SELECT id FROM other)
