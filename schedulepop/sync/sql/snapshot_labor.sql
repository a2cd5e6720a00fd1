-- Purpose: every duty with its CMS code, and whether it has none although somebody who works has the duty; nothing
-- while the organization's switch is off.
-- Relies on the indexes of a duty's organization and of a membership's duty, and on the primary keys. LIMIT and OFFSET 0
-- keep the planner from joining all memberships to find one of each duty.
SELECT d.id, d.location_id, d.name, d.cms_code, w.somebody IS NOT NULL
  FROM directory_duty d JOIN accounts_organization o ON o.id = d.organization_id AND o.cms_codes
  LEFT JOIN LATERAL (
         SELECT true AS somebody FROM directory_membershipduty p
          WHERE d.cms_code IS NULL AND p.duty_id = d.id
            AND EXISTS (SELECT FROM directory_membership m WHERE m.id = p.membership_id AND m.status <> ALL (%(ended)s) OFFSET 0)
          LIMIT 1) w ON true
 WHERE d.organization_id = %(organization)s
 ORDER BY d.id
