-- Purpose: letters that become due, the welcome of upcoming people some days before they start where that is set (a
-- start that moves takes a waiting welcome along): the welcome of new users who may sign in, "welcome back" of revived ones, and
-- a new welcome where a changed address made the open set-up link void, and word to the old address of an account
-- that is set up, with a link for the new one to confirm. A welcome still queued goes to the new address by itself; one of somebody without an address waits
-- until payroll gives one. At most one per person, kind and generation, ever.
-- Relies on message_once, invitation_live, membership_once (user).
INSERT INTO outbox_message (organization_id, user_id, kind, generation, state, context, address, run_id, created_at,
       not_before, attempts, error)
SELECT DISTINCT ON (n.user_id) %(organization)s, n.user_id, 'welcome', 1, 'queued', '{}'::jsonb, '', %(run)s, %(now)s,
       CASE WHEN n.status = 'upcoming'
            THEN (n.hire_date - %(welcome_days)s::int + time '09:00') AT TIME ZONE l.timezone END, 0, ''
  FROM bulk_new n JOIN directory_location l ON l.id = n.location_id
 WHERE n.newcomer AND n.welcome AND n.status = ANY (%(sign_in)s)
 ORDER BY n.user_id, n.status = 'upcoming', n.hire_date
    ON CONFLICT (user_id, kind, generation) DO NOTHING;
UPDATE outbox_message o
   SET not_before = CASE WHEN e.status = 'upcoming'
                         THEN (e.hire_date - %(welcome_days)s::int + time '09:00') AT TIME ZONE l.timezone END
  FROM bulk_edit e JOIN directory_location l ON l.id = e.location_id
 WHERE e.old_status = 'upcoming' AND (e.hire_date IS DISTINCT FROM e.old_hire_date OR e.status <> 'upcoming')
   AND o.user_id = e.user_id AND o.kind = 'welcome' AND o.state = 'queued' AND o.attempts = 0
   AND o.not_before IS NOT NULL;
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
    FROM bulk_person_edit p
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
          FROM bulk_person_edit p JOIN accounts_user u ON u.id = p.user_id
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
          FROM bulk_person_edit p JOIN accounts_user u ON u.id = p.user_id
         WHERE p.email <> p.old_email AND p.email <> '' AND left(u.password, 1) <> '!'
           AND lower(p.email) <> lower(u.confirmed_email)
           AND EXISTS (SELECT FROM directory_membership m
                        WHERE m.user_id = p.user_id AND m.status = ANY (%(sign_in)s) AND m.access_blocked_at IS NULL)) v
 WHERE NOT EXISTS (SELECT FROM outbox_message o
                    WHERE o.user_id = v.user_id AND o.kind = 'confirm_address' AND o.state = 'queued')
    ON CONFLICT (user_id, kind, generation) DO NOTHING;
