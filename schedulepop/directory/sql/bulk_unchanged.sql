-- Purpose: leave out what already is as planned: people's own values first (a name is written whole), then memberships
-- none of whose sides differ.
-- Relies on the primary key of accounts_user.
CREATE TEMP TABLE bulk_person_edit ON COMMIT DROP AS
SELECT w.* FROM (
  SELECT p.change_no, p.user_id, [[person: u.$ AS old_$]],
         CASE WHEN 'last_name' = ANY (f.fields) THEN p.sort_name ELSE u.sort_name END AS sort_name,
         [[person: CASE WHEN '$' = ANY (f.fields) THEN p.$ ELSE u.$ END AS $]]
    FROM bulk_person p
    JOIN accounts_user u ON u.id = p.user_id
   CROSS JOIN LATERAL (SELECT CASE WHEN p.fields && '{first_name,last_name}' THEN p.fields || '{first_name,last_name}'
                                   ELSE p.fields END AS fields) f
     FOR NO KEY UPDATE OF u) w
 WHERE ([[person: w.$]]) IS DISTINCT FROM ([[person: w.old_$]]);
DELETE FROM bulk_edit e
 WHERE e.was_owned AND e.from_membership_id IS NULL AND NOT e.becomes_primary AND NOT e.has_extras AND NOT e.duty_moves
   AND NOT e.zone_moves AND NOT e.pay_differs AND (e.duty_id IS NULL OR e.duty_by_payroll)
   AND ([[membership: e.$]]) IS NOT DISTINCT FROM ([[membership: e.old_$]])
   AND NOT EXISTS (SELECT FROM bulk_person_edit p WHERE p.change_no = e.change_no);
