-- Purpose: what really differs at memberships that exist, with the state before, locked until the commit. A row
-- that already is as planned is left out, so that the same plan twice changes nothing.
-- Relies on the primary keys and on membership_duty_once.
CREATE TEMP TABLE bulk_edit ON COMMIT DROP AS
WITH wanted AS (
  SELECT k.change_no, k.verb, k.source_id, m.user_id, k.membership_id, k.from_membership_id, k.location_id, k.what,
         k.welcome, m.status AS old_status, m.primary_duty_id AS old_duty_id, m.primary_zone_id AS old_zone_id,
         m.payroll_owned AS was_owned, m.is_primary AS was_primary,
         m.employee_number AS old_employee_number, m.hire_date AS old_hire_date,
         m.original_hire_date AS old_original_hire_date, m.termination_date AS old_termination_date,
         m.ends_on AS old_ends_on, m.leave_end AS old_leave_end, m.cms_code AS old_cms_code,
         CASE WHEN f.whole OR 'status' = ANY (k.fields) THEN k.status ELSE m.status END AS status,
         CASE WHEN f.whole OR 'employee_number' = ANY (k.fields) THEN k.employee_number
              ELSE m.employee_number END AS employee_number,
         CASE WHEN f.whole OR 'hire_date' = ANY (k.fields) THEN k.hire_date ELSE m.hire_date END AS hire_date,
         CASE WHEN f.whole OR 'original_hire_date' = ANY (k.fields) THEN k.original_hire_date
              ELSE m.original_hire_date END AS original_hire_date,
         CASE WHEN f.whole OR 'termination_date' = ANY (k.fields) THEN k.termination_date
              ELSE m.termination_date END AS termination_date,
         CASE WHEN f.whole OR 'ends_on' = ANY (k.fields) THEN k.ends_on ELSE m.ends_on END AS ends_on,
         CASE WHEN f.whole OR 'leave_end' = ANY (k.fields) THEN k.leave_end ELSE m.leave_end END AS leave_end,
         CASE WHEN f.whole OR 'cms_code' = ANY (k.fields) THEN k.cms_code ELSE m.cms_code END AS cms_code,
         CASE WHEN f.whole OR 'duty' = ANY (k.fields) THEN coalesce(k.duty_id, m.primary_duty_id)
              ELSE m.primary_duty_id END AS duty_id,
         CASE WHEN f.whole OR 'zone' = ANY (k.fields) THEN coalesce(k.zone_id, m.primary_zone_id)
              ELSE m.primary_zone_id END AS zone_id,
         f.whole OR k.fields && '{duty,pay_rate,pay_unit,pay_currency,next_pay_rate,next_pay_on}' AS sets_pay,
         k.pay_rate, k.pay_unit, k.pay_currency, k.next_pay_rate, k.next_pay_unit, k.next_pay_currency, k.next_pay_on,
         k.primary_location AND NOT m.is_primary AS becomes_primary,
         k.membership_id IN (SELECT membership_id FROM bulk_extra) AS has_extras
    FROM bulk_known k
    JOIN directory_membership m ON m.id = k.membership_id
   CROSS JOIN LATERAL (SELECT k.fields IS NULL AS whole) f
     FOR NO KEY UPDATE OF m
)
SELECT w.*, d.id AS duty_row, coalesce(d.by_payroll, false) AS duty_by_payroll,
       w.duty_id IS DISTINCT FROM w.old_duty_id AS duty_moves, w.zone_id IS DISTINCT FROM w.old_zone_id AS zone_moves,
       w.duty_id IS NOT NULL AND (w.sets_pay AND
         (d.pay_rate, d.pay_unit, d.pay_currency, d.next_pay_rate, d.next_pay_unit, d.next_pay_currency, d.next_pay_on)
         IS DISTINCT FROM (w.pay_rate, w.pay_unit::varchar, w.pay_currency::varchar, w.next_pay_rate,
                           w.next_pay_unit::varchar, w.next_pay_currency::varchar, w.next_pay_on)) AS pay_differs,
       w.verb = 'reactivate' AND w.old_status = ANY (%(ended)s) AND NOT w.status = ANY (%(ended)s)
         AND (w.hire_date IS NULL OR w.hire_date IS DISTINCT FROM w.old_hire_date) AS begins_anew
  FROM wanted w
  LEFT JOIN directory_membershipduty d ON d.membership_id = w.membership_id AND d.duty_id = w.duty_id
