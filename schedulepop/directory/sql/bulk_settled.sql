-- Purpose: leave out what already is as planned: own values first, then memberships none of whose sides differ.
-- Relies on the primary key of accounts_user.
CREATE TEMP TABLE bulk_person ON COMMIT DROP AS
SELECT w.* FROM (
  SELECT o.change_no, o.user_id, u.email AS old_email,
         CASE WHEN named THEN o.first_name ELSE u.first_name END AS first_name,
         CASE WHEN named THEN o.last_name ELSE u.last_name END AS last_name,
         CASE WHEN named THEN o.sort_name ELSE u.sort_name END AS sort_name,
         CASE WHEN 'email' = ANY (o.fields) THEN o.email ELSE u.email END AS email,
         CASE WHEN 'phone' = ANY (o.fields) THEN o.phone ELSE u.phone END AS phone,
         u.first_name AS old_first_name, u.last_name AS old_last_name, u.phone AS old_phone
    FROM bulk_own o
    JOIN accounts_user u ON u.id = o.user_id
   CROSS JOIN LATERAL (SELECT o.fields && '{first_name,last_name}' AS named) f
     FOR NO KEY UPDATE OF u) w
 WHERE (w.first_name, w.last_name, w.email, w.phone)
       IS DISTINCT FROM (w.old_first_name, w.old_last_name, w.old_email, w.old_phone);
DELETE FROM bulk_edit e
 WHERE e.was_owned AND e.from_membership_id IS NULL AND NOT e.becomes_primary AND NOT e.has_extras AND NOT e.duty_moves AND NOT e.zone_moves AND NOT e.pay_differs
   AND (e.duty_id IS NULL OR e.duty_by_payroll)
   AND (e.status, e.employee_number, e.hire_date, e.original_hire_date, e.termination_date, e.ends_on, e.leave_end, e.cms_code)
       IS NOT DISTINCT FROM (e.old_status::text, e.old_employee_number::text, e.old_hire_date, e.old_original_hire_date,
                             e.old_termination_date, e.old_ends_on, e.old_leave_end, e.old_cms_code)
   AND NOT EXISTS (SELECT FROM bulk_person p WHERE p.change_no = e.change_no);
