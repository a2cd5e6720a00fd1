-- Purpose: names and contact of every user of the organization, or of the given ones; users merged into others
-- are nobody any more.
-- Relies on the primary key and user_org_id.
SELECT id, [[person: nullif($, '')]], nullif(confirmed_email, ''), local,
       id IN (SELECT user_id FROM accounts_grant WHERE role = 'admin' AND ended_at IS NULL)
  FROM accounts_user
 WHERE {organization_id OR id} AND merged_into_id IS NULL
 ORDER BY id
