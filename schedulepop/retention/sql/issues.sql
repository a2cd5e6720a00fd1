-- Purpose: issues that were solved before the organization's years go. Relies on the index of an issue's organization.
DELETE FROM sync_issue
 WHERE id IN (SELECT id FROM sync_issue
               WHERE organization_id = %(organization)s AND resolved_at < %(before)s ORDER BY id LIMIT %(most)s)
