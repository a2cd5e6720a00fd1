-- Purpose: one audit entry per change, and one at the location a transfer leaves. What changed is in sync_change.
-- Relies on the primary key of directory_membership.
INSERT INTO accounts_auditentry (organization_id, at, by, door, verb, subject, subject_id, user_id, location_id, run_id,
       changes)
SELECT %(organization)s, %(now)s, %(by)s, 'sync', c.verb, 'membership', c.membership_id, c.user_id, c.location_id,
       %(run)s, '[]'::jsonb
  FROM (SELECT verb, membership_id, user_id, location_id FROM bulk_new
         UNION ALL
        SELECT verb, membership_id, user_id, location_id FROM bulk_edit
         UNION ALL
        SELECT 'leave', m.id, m.user_id, m.location_id
          FROM (SELECT from_membership_id FROM bulk_new WHERE verb = 'transfer'
                 UNION ALL
                SELECT from_membership_id FROM bulk_edit WHERE verb = 'transfer') f
          JOIN directory_membership m ON m.id = f.from_membership_id) c
