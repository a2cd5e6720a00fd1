-- Purpose: write people's own values. The username and the confirmed email never change.
-- Relies on the primary key of accounts_user.
UPDATE accounts_user u SET sort_name = p.sort_name, [[person: $ = p.$]]
  FROM bulk_person_edit p WHERE u.id = p.user_id
