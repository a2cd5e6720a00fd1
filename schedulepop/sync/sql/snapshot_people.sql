-- Purpose: names and contact of every user of the organization, or of the given ones.
-- Relies on the primary key and user_org_id.
SELECT id, first_name, last_name, nullif(email, ''), nullif(phone, ''), confirmed_email <> '' AND confirmed_email = email,
       local
  FROM accounts_user
 WHERE {organization_id OR id}
 ORDER BY id
