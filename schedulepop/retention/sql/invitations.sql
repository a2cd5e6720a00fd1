-- Purpose: links that nobody can use, past the years; the newest of a person stays, for the number of the next one.
-- Relies on user_by_name (organization) and on the index of an invitation's user.
DELETE FROM accounts_invitation
 WHERE id IN (SELECT i.id
                FROM accounts_user u
                JOIN accounts_invitation i ON i.user_id = u.id
               WHERE u.organization_id = %(organization)s AND i.created_at < %(before)s AND i.expires_at < %(before)s
                 AND EXISTS (SELECT FROM accounts_invitation n
                              WHERE n.user_id = i.user_id AND n.purpose = i.purpose AND n.generation > i.generation)
               LIMIT %(most)s)
