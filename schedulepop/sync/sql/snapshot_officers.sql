-- Purpose: who may act today: admins (without a location), and the managers of each location.
-- Relies on the index of accounts_grant by organization, membership_once and membership_managers.
SELECT g.user_id, NULL::bigint
  FROM accounts_grant g JOIN accounts_user u ON u.id = g.user_id AND u.organization_id = g.organization_id
 WHERE g.organization_id = %(organization)s AND g.role = 'admin' AND g.ended_at IS NULL AND u.merged_into_id IS NULL
   AND (NOT EXISTS (SELECT FROM directory_membership m WHERE m.user_id = u.id)
        OR EXISTS (SELECT FROM directory_membership m WHERE m.user_id = u.id AND m.status = ANY (%(sign_in)s)
                      AND m.access_blocked_at IS NULL))
 UNION ALL
(SELECT user_id, location_id
  FROM directory_membership
 WHERE organization_id = %(organization)s AND role = 'manager' AND status = ANY (%(sign_in)s)
   AND access_blocked_at IS NULL
 ORDER BY id)
