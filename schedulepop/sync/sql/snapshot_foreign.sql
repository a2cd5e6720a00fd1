-- Purpose: memberships of people who are linked in another integration of the organization as well, and which that one
-- speaks for: the last change there came from it (it need not be active, but a retired one speaks for nobody any more), or it
-- is active, its last file named the person, and that membership is the one it changed last. Who speaks for a membership is
-- not written down, but who spoke is. Whom a crosswalk gave this integration, in the place of an ID of the other, it speaks
-- for from then on.
-- Relies on the index of an integration's organization, on link_id_once, link_by_user and change_by_user; where an
-- organization has one integration, nothing else is read.
WITH other AS (
  SELECT id, state FROM sync_integration
   WHERE organization_id = %(organization)s AND id <> %(integration)s AND state <> 'retired'
), shared AS (
  SELECT DISTINCT o.user_id
    FROM sync_link o
   WHERE (SELECT EXISTS (SELECT FROM other)) -- asked once, before whatever order the statistics suggest
     AND o.integration_id IN (SELECT id FROM other) AND o.retired_at IS NULL
     AND (%(users)s::bigint[] IS NULL OR o.user_id = ANY (%(users)s::bigint[]))
     AND EXISTS (SELECT FROM sync_link l WHERE l.user_id = o.user_id AND l.integration_id = %(integration)s
                    AND l.retired_at IS NULL)
     AND NOT EXISTS (SELECT FROM sync_idchange c
                      WHERE c.integration_id = %(integration)s AND c.user_id = o.user_id AND c.old_id = o.source_id)
), spoken AS (
  SELECT c.id, c.user_id, c.membership_id, r.integration_id
    FROM shared p
    JOIN sync_change c ON c.user_id = p.user_id
    JOIN sync_run r ON r.id = c.run_id
   WHERE c.membership_id IS NOT NULL
)
SELECT last.membership_id
  FROM (SELECT DISTINCT ON (membership_id) membership_id, integration_id FROM spoken ORDER BY membership_id, id DESC) last
 WHERE last.integration_id IN (SELECT id FROM other)
 UNION
SELECT theirs.membership_id
  FROM (SELECT DISTINCT ON (s.integration_id, s.user_id) s.integration_id, s.user_id, s.membership_id
          FROM spoken s WHERE s.integration_id IN (SELECT id FROM other WHERE state = 'active')
         ORDER BY s.integration_id, s.user_id, s.id DESC) theirs
 WHERE EXISTS (SELECT FROM sync_link l
                WHERE l.integration_id = theirs.integration_id AND l.user_id = theirs.user_id AND l.retired_at IS NULL
                  AND NOT EXISTS (SELECT FROM sync_missinglink m
                                   WHERE m.integration_id = l.integration_id AND m.source_id = l.source_id
                                     AND m.about = 'person'))
