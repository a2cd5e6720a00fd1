-- Purpose: every duty with its CMS code, and whether it has none although somebody who works has the duty; nothing
-- while the organization's switch is off.
-- Relies on the indexes of a duty's organization and of a membership's duty, and on the primary keys.
SELECT d.id, d.location_id, d.name, d.cms_code,
       d.cms_code IS NULL AND EXISTS (
         SELECT FROM directory_membershipduty p JOIN directory_membership m ON m.id = p.membership_id
          WHERE p.duty_id = d.id AND m.status <> ALL (%(ended)s))
  FROM directory_duty d JOIN accounts_organization o ON o.id = d.organization_id AND o.cms_codes
 WHERE d.organization_id = %(organization)s
 ORDER BY d.id
