-- Purpose: letters past the years of whose person's organization go; the newest of each kind stays, for the number of
-- the next one, so that nobody is welcomed twice. Relies on user_by_name (organization) and message_once (user, kind).
DELETE FROM outbox_message
 WHERE id IN (SELECT m.id
                FROM accounts_user u
                JOIN outbox_message m ON m.user_id = u.id
               WHERE u.organization_id = %(organization)s AND m.created_at < %(before)s
                 AND m.state NOT IN ('queued', 'sending')
                 AND EXISTS (SELECT FROM outbox_message n
                              WHERE n.user_id = m.user_id AND n.kind = m.kind AND n.generation > m.generation)
               LIMIT %(most)s)
