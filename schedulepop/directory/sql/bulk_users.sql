-- Purpose: make the users of new people. Their password is unusable until they set up their account.
-- Relies on nothing but the primary key: ids and usernames are reserved before.
INSERT INTO accounts_user (id, organization_id, username, password, first_name, last_name, sort_name, email,
                           confirmed_email, phone, local, created_at)
SELECT user_id, %(organization)s, username, '!' || replace(gen_random_uuid()::text, '-', ''), first_name, last_name,
       sort_name, email, '', phone, false, %(now)s
  FROM bulk_new WHERE makes_user
