-- Purpose: letters that become due: the welcome of new users who may sign in, "welcome back" of revived ones, and
-- a new welcome where a changed address made the open set-up link void, and word to the old address of an account
-- that is set up, with a link for the new one to confirm. A welcome still queued goes to the new address by itself; one of somebody without an address waits
-- until payroll gives one. At most one per person, kind and generation, ever.
-- Relies on message_once, invitation_live, membership_once (user).
INSERT INTO outbox_message (organization_id, user_id, kind, generation, state, context, address, run_id, created_at,
       attempts, error)
SELECT DISTINCT ON (n.user_id) %(organization)s, n.user_id, 'welcome', 1, 'queued', '{}'::jsonb, '', %(run)s, %(now)s, 0, ''
  FROM bulk_new n
 WHERE n.newcomer AND n.welcome AND n.status = ANY (%(sign_in)s)
 ORDER BY n.user_id
    ON CONFLICT (user_id, kind, generation) DO NOTHING;
INSERT INTO outbox_message (organization_id, user_id, kind, generation, state, context, address, run_id, created_at,
       attempts, error)
SELECT %(organization)s, b.user_id, 'welcome_back',
       1 + coalesce((SELECT max(generation) FROM outbox_message o
                      WHERE o.user_id = b.user_id AND o.kind = 'welcome_back'), 0),
       'queued', '{}'::jsonb, '', %(run)s, %(now)s, 0, ''
  FROM (SELECT DISTINCT e.user_id FROM bulk_edit e JOIN accounts_user u ON u.id = e.user_id
         WHERE e.welcome AND e.old_status = ANY (%(ended)s) AND e.status = ANY (%(sign_in)s) AND u.email <> ''
           AND e.verb = 'reactivate'
           AND NOT EXISTS (SELECT FROM directory_membership m
                            WHERE m.user_id = e.user_id AND NOT m.status = ANY (%(ended)s)
                              AND m.id NOT IN (SELECT membership_id FROM bulk_edit WHERE old_status = ANY (%(ended)s)))) b
    ON CONFLICT (user_id, kind, generation) DO NOTHING;
WITH moved AS (
  UPDATE accounts_invitation i SET revoked_at = %(now)s
    FROM bulk_person p
   WHERE p.email <> p.old_email AND i.user_id = p.user_id AND i.used_at IS NULL AND i.revoked_at IS NULL
  RETURNING i.user_id, i.purpose = 'set_up' AND i.expires_at > %(now)s AS open, p.email
)
INSERT INTO outbox_message (organization_id, user_id, kind, generation, state, context, address, run_id, created_at,
       attempts, error)
SELECT %(organization)s, v.user_id, 'welcome',
       1 + coalesce((SELECT max(generation) FROM outbox_message o WHERE o.user_id = v.user_id AND o.kind = 'welcome'), 0),
       'queued', '{}'::jsonb, '', %(run)s, %(now)s, 0, ''
  FROM (SELECT DISTINCT user_id FROM moved WHERE open AND email <> '') v
 WHERE NOT EXISTS (SELECT FROM outbox_message o
                    WHERE o.user_id = v.user_id AND o.kind = 'welcome' AND o.state IN ('queued', 'sending'))
    ON CONFLICT (user_id, kind, generation) DO NOTHING;
INSERT INTO outbox_message (organization_id, user_id, kind, generation, state, context, address, run_id, created_at,
       attempts, error)
SELECT %(organization)s, v.user_id, 'moved_address',
       1 + coalesce((SELECT max(generation) FROM outbox_message o
                      WHERE o.user_id = v.user_id AND o.kind = 'moved_address'), 0),
       'queued', jsonb_build_object('address', v.told), '', %(run)s, %(now)s, 0, ''
  FROM (SELECT p.user_id, coalesce(nullif(u.confirmed_email, ''), p.old_email) AS told
          FROM bulk_person p JOIN accounts_user u ON u.id = p.user_id
         WHERE p.email <> p.old_email AND left(u.password, 1) <> '!'
           AND lower(coalesce(nullif(u.confirmed_email, ''), p.old_email)) NOT IN ('', lower(p.email))) v
    ON CONFLICT (user_id, kind, generation) DO NOTHING;
INSERT INTO outbox_message (organization_id, user_id, kind, generation, state, context, address, run_id, created_at,
       attempts, error)
SELECT %(organization)s, v.user_id, 'confirm_address',
       1 + coalesce((SELECT max(generation) FROM outbox_message o
                      WHERE o.user_id = v.user_id AND o.kind = 'confirm_address'), 0),
       'queued', '{}'::jsonb, '', %(run)s, %(now)s, 0, ''
  FROM (SELECT p.user_id
          FROM bulk_person p JOIN accounts_user u ON u.id = p.user_id
         WHERE p.email <> p.old_email AND p.email <> '' AND left(u.password, 1) <> '!'
           AND lower(p.email) <> lower(u.confirmed_email)
           AND EXISTS (SELECT FROM directory_membership m
                        WHERE m.user_id = p.user_id AND m.status = ANY (%(sign_in)s) AND m.access_blocked_at IS NULL)) v
 WHERE NOT EXISTS (SELECT FROM outbox_message o
                    WHERE o.user_id = v.user_id AND o.kind = 'confirm_address' AND o.state = 'queued')
    ON CONFLICT (user_id, kind, generation) DO NOTHING;
