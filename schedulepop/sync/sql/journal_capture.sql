-- Purpose: the journal of a plan: for each change the images of the rows it is about to write, only what differs, typed
-- as PostgreSQL writes values in JSON (run/journal.py). A membership's image has the pay of its primary duty, as the
-- snapshot does, and what becomes primary is no further duty or zone any more. The membership a transfer leaves and the
-- one that loses the primary mark have images of their own. Whom the run makes has none: nothing was there. Runs before
-- the directory is written; apply_changes drops it.
-- Relies on the primary key of directory_membership, membership_once (user), membership_duty_once, membership_zone_once.
CREATE TEMP TABLE bulk_image AS
WITH moving AS (
  SELECT change_no, verb, user_id, membership_id, from_membership_id FROM bulk_new
   WHERE verb = 'transfer' OR primary_location AND NOT newcomer
   UNION ALL
  SELECT change_no, verb, user_id, membership_id, from_membership_id FROM bulk_edit
   WHERE verb = 'transfer' OR becomes_primary
), cell AS (
  SELECT e.change_no, 'directory_membership' AS table_name, e.membership_id AS key, c.*
    FROM bulk_edit e
    LEFT JOIN directory_membershipduty d ON d.membership_id = e.membership_id AND d.duty_id = e.old_duty_id
   CROSS JOIN LATERAL (VALUES
            [[membership: ('$', to_jsonb(e.old_$), to_jsonb(e.$))]],
            ('primary_location', to_jsonb(e.was_primary),
             to_jsonb(e.was_primary OR e.becomes_primary OR e.verb = 'transfer')),
            ('duty', to_jsonb(e.old_duty_id), to_jsonb(e.duty_id)),
            ('zone', to_jsonb(e.old_zone_id), to_jsonb(e.zone_id)),
            [[pay: ('$', to_jsonb(d.$),
                    to_jsonb(CASE WHEN e.sets_pay AND e.duty_id IS NOT NULL THEN e.$ ELSE d.$ END))]]) c (name, old, new)
   UNION ALL
  SELECT p.change_no, 'accounts_user', p.user_id, c.*
    FROM bulk_person_edit p
   CROSS JOIN LATERAL (VALUES [[person: ('$', to_jsonb(p.old_$), to_jsonb(p.$))]]) c (name, old, new)
   UNION ALL
  SELECT v.change_no, 'directory_membership', m.id, c.*
    FROM moving v JOIN directory_membership m ON m.id = v.from_membership_id
   CROSS JOIN LATERAL (SELECT v.verb = 'transfer' AND NOT m.status = ANY (%(ended)s) AS ends) f
   CROSS JOIN LATERAL (VALUES
            ('status', to_jsonb(m.status), to_jsonb(CASE WHEN f.ends THEN 'inactive' ELSE m.status END)),
            ('termination_date', to_jsonb(m.termination_date),
             to_jsonb(CASE WHEN f.ends THEN %(today)s::date ELSE m.termination_date END)),
            ('ends_on', to_jsonb(m.ends_on), NULL)) c (name, old, new)
   UNION ALL
  SELECT v.change_no, 'directory_membership', m.id, 'primary_location', to_jsonb(true), to_jsonb(false)
    FROM moving v JOIN directory_membership m ON m.user_id = v.user_id AND m.is_primary AND m.id <> v.membership_id
   UNION ALL
  SELECT e.change_no, 'directory_membershipduty', x.part_id, c.*
    FROM bulk_extra x
    JOIN bulk_edit e ON e.membership_id = x.membership_id
    LEFT JOIN directory_membershipduty d ON d.membership_id = x.membership_id AND d.duty_id = x.part_id
   CROSS JOIN LATERAL (SELECT coalesce(d.by_payroll AND d.duty_id IS DISTINCT FROM e.old_duty_id, false) AS was) w
   CROSS JOIN LATERAL (VALUES
            ('by_payroll', to_jsonb(w.was), to_jsonb(NOT x.gone)),
            [[pay: ('$', CASE WHEN w.was THEN to_jsonb(d.$) END, CASE WHEN NOT x.gone THEN to_jsonb(x.$) END)]]) c (name, old, new)
   WHERE x.kind = 'duty'
   UNION ALL
  SELECT e.change_no, 'directory_membershipzone', x.part_id, 'by_payroll',
         to_jsonb(coalesce(z.by_payroll AND z.zone_id IS DISTINCT FROM e.old_zone_id, false)), to_jsonb(NOT x.gone)
    FROM bulk_extra x
    JOIN bulk_edit e ON e.membership_id = x.membership_id
    LEFT JOIN directory_membershipzone z ON z.membership_id = x.membership_id AND z.zone_id = x.part_id
   WHERE x.kind = 'zone'
   UNION ALL
  SELECT e.change_no, 'directory_membershipduty', d.duty_id, c.*
    FROM bulk_edit e
    JOIN directory_membershipduty d ON d.membership_id = e.membership_id AND d.duty_id = e.duty_id
   CROSS JOIN LATERAL (VALUES
            ('by_payroll', to_jsonb(true), to_jsonb(false)),
            ('pay_rate', to_jsonb(d.pay_rate), NULL),
            ('pay_unit', to_jsonb(d.pay_unit), NULL),
            ('pay_currency', to_jsonb(d.pay_currency), NULL),
            ('next_pay_rate', to_jsonb(d.next_pay_rate), NULL),
            ('next_pay_unit', to_jsonb(d.next_pay_unit), NULL),
            ('next_pay_currency', to_jsonb(d.next_pay_currency), NULL),
            ('next_pay_on', to_jsonb(d.next_pay_on), NULL)) c (name, old, new)
   WHERE e.duty_moves AND d.by_payroll
   UNION ALL
  SELECT e.change_no, 'directory_membershipzone', z.zone_id, 'by_payroll', to_jsonb(true), to_jsonb(false)
    FROM bulk_edit e
    JOIN directory_membershipzone z ON z.membership_id = e.membership_id AND z.zone_id = e.zone_id
   WHERE e.zone_moves AND z.by_payroll
), image AS (
  SELECT change_no, jsonb_build_object('table', table_name, 'key', key, 'before', jsonb_object_agg(name, old),
                                       'after', jsonb_object_agg(name, new)) AS image
    FROM cell WHERE old IS DISTINCT FROM new GROUP BY change_no, table_name, key
)
SELECT change_no, jsonb_agg(image) AS images FROM image GROUP BY change_no
