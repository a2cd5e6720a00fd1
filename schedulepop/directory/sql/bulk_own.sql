-- Purpose: write people's own values. The username and the confirmed email never change.
-- Relies on the primary key of accounts_user.
UPDATE accounts_user u
   SET first_name = p.first_name, last_name = p.last_name, sort_name = p.sort_name, email = p.email, phone = p.phone
  FROM bulk_person p WHERE u.id = p.user_id
