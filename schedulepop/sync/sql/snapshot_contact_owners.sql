-- Purpose: the linked ids of the people of an organization who have one of these emails (in lower case) or phones.
-- Relies on user_by_email and link_by_user; phones are looked up among the users of the organization.
SELECT l.source_id
  FROM (SELECT id FROM accounts_user
         WHERE organization_id = %(organization)s AND email <> '' AND lower(email) = ANY(%(emails)s::text[])
         UNION
        SELECT id FROM accounts_user
         WHERE organization_id = %(organization)s AND phone <> '' AND phone = ANY(%(phones)s::text[])) u
  JOIN sync_link l ON l.user_id = u.id AND l.integration_id = %(integration)s AND l.retired_at IS NULL
 ORDER BY l.source_id
