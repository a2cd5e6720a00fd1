-- Purpose: whoever may sign in nowhere any more after this plan loses sessions, open links and waiting letters at
-- once; when all memberships have ended, the grants end too (SPEC 2).
-- Relies on membership_once (user), invitation_live, message_once (user).
CREATE TEMP TABLE bulk_signed_out ON COMMIT DROP AS
SELECT c.user_id, NOT EXISTS (SELECT FROM directory_membership m
                               WHERE m.user_id = c.user_id AND NOT m.status = ANY (%(ended)s)) AS ended
  FROM (SELECT user_id FROM bulk_edit WHERE status <> old_status AND NOT status = ANY (%(sign_in)s)
         UNION
        SELECT user_id FROM bulk_edit WHERE verb = 'transfer'
         UNION
        SELECT user_id FROM bulk_new WHERE verb = 'transfer') c
 WHERE NOT EXISTS (SELECT FROM directory_membership m
                    WHERE m.user_id = c.user_id AND m.status = ANY (%(sign_in)s) AND m.access_blocked_at IS NULL);
UPDATE accounts_user u SET must_end_sessions_before = %(now)s FROM bulk_signed_out o WHERE u.id = o.user_id;
UPDATE accounts_invitation i SET revoked_at = %(now)s
  FROM bulk_signed_out o WHERE i.user_id = o.user_id AND i.used_at IS NULL AND i.revoked_at IS NULL;
UPDATE accounts_grant g SET ended_at = %(now)s
  FROM bulk_signed_out o WHERE o.ended AND g.user_id = o.user_id AND g.ended_at IS NULL;
UPDATE outbox_message m SET state = 'failed', error = 'Not sent: this person may not sign in any more.'
  FROM bulk_signed_out o WHERE m.user_id = o.user_id AND m.state = 'queued';
