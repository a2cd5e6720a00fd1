-- Purpose: what really differs at memberships that exist, with the state before, locked until the commit. A row
-- that already is as planned is left out (bulk_unchanged), so that the same plan twice changes nothing.
-- Relies on the primary keys and on membership_duty_once.
CREATE TEMP TABLE bulk_edit ON COMMIT DROP AS
WITH wanted AS (
  SELECT k.change_no, k.verb, k.source_id, m.user_id, k.membership_id, k.from_membership_id, k.location_id, k.what,
         k.welcome, m.primary_duty_id AS old_duty_id, m.primary_zone_id AS old_zone_id,
         m.payroll_owned AS was_owned, m.is_primary AS was_primary, [[membership: m.$ AS old_$]],
         [[membership: CASE WHEN f.whole OR '$' = ANY (k.fields) THEN k.$ ELSE m.$ END AS $]],
         CASE WHEN f.whole OR 'duty' = ANY (k.fields) THEN coalesce(k.duty_id, m.primary_duty_id)
              ELSE m.primary_duty_id END AS duty_id,
         CASE WHEN f.whole OR 'zone' = ANY (k.fields) THEN coalesce(k.zone_id, m.primary_zone_id)
              ELSE m.primary_zone_id END AS zone_id,
         f.whole OR k.fields && '{duty,pay_rate,pay_unit,pay_currency,next_pay_rate,next_pay_on}' AS sets_pay,
         [[pay: k.$]], k.primary_location AND NOT m.is_primary AS becomes_primary,
         k.membership_id IN (SELECT membership_id FROM bulk_extra) AS has_extras
    FROM bulk_existing k
    JOIN directory_membership m ON m.id = k.membership_id
   CROSS JOIN LATERAL (SELECT k.fields IS NULL AS whole) f
     FOR NO KEY UPDATE OF m
)
SELECT w.*, d.id AS duty_row, coalesce(d.by_payroll, false) AS duty_by_payroll,
       w.duty_id IS DISTINCT FROM w.old_duty_id AS duty_moves, w.zone_id IS DISTINCT FROM w.old_zone_id AS zone_moves,
       w.duty_id IS NOT NULL AND (w.sets_pay AND
         ([[pay: d.$]]) IS DISTINCT FROM ([[pay: w.$]])) AS pay_differs,
       w.verb = 'reactivate' AND w.old_status = ANY (%(ended)s) AND NOT w.status = ANY (%(ended)s)
         AND (w.hire_date IS NULL OR w.hire_date IS DISTINCT FROM w.old_hire_date) AS begins_anew
  FROM wanted w
  LEFT JOIN directory_membershipduty d ON d.membership_id = w.membership_id AND d.duty_id = w.duty_id
