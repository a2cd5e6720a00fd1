-- Purpose: the history of what was applied, field by field, and the audit trail beside it. A create tells every
-- value it has, as new only; the rest tells old, new and why (a code, and what it needs). Values are text, duties and zones by name.
-- Relies on the primary keys of directory_duty and directory_zone.
WITH told AS (
  SELECT change_no, string_agg(CASE WHEN params IS NULL
           THEN json_build_object('field', field, 'old', old, 'new', new, 'why', why)
           ELSE json_build_object('field', field, 'old', old, 'new', new, 'why', why, 'params', params::json)
         END::text, ',' ORDER BY place) AS fields
    FROM bulk_field GROUP BY change_no
), applied AS (
  SELECT n.change_no, n.user_id, n.membership_id, n.location_id, n.source_id, n.verb,
         CASE WHEN n.verb = 'create' THEN concat_ws(',',
           [[person: '{"field":"$","new":' || CASE WHEN n.newcomer THEN to_json(nullif(n.$, '')) END || '}']],
           t.fields,
           '{"field":"duty","new":' || to_json(d.name) || '}',
           '{"field":"zone","new":' || to_json(z.name) || '}',
           [[membership: '{"field":"$","new":"' || n.$ || '"}'; text: '{"field":"$","new":' || to_json(nullif(n.$, '')) || '}']],
           '{"field":"pay_rate","new":"' || CASE WHEN n.pay_rate %% 100 = 0 THEN round(n.pay_rate / 10000.0, 2)::text
                ELSE rtrim(round(n.pay_rate / 10000.0, 4)::text, '0') END || '"}',
           '{"field":"pay_unit","new":"' || nullif(n.pay_unit, '') || '"}',
           '{"field":"pay_currency","new":"' || nullif(n.pay_currency, '') || '"}')
         ELSE t.fields END AS fields,
         n.verb = 'transfer' AS removal
    FROM bulk_new n
    LEFT JOIN directory_duty d ON d.id = n.duty_id
    LEFT JOIN directory_zone z ON z.id = n.zone_id
    LEFT JOIN told t USING (change_no)
   UNION ALL
  SELECT e.change_no, e.user_id, e.membership_id, e.location_id, e.source_id, e.verb, t.fields,
         e.verb IN ('deactivate', 'transfer') OR (e.ends_on IS NOT NULL AND e.old_ends_on IS NULL)
           OR (e.old_status = ANY (%(sign_in)s) AND NOT e.status = ANY (%(sign_in)s)) AS removal
    FROM bulk_edit e LEFT JOIN told t USING (change_no)
)
INSERT INTO sync_change (organization_id, run_id, user_id, membership_id, location_id, source_id, verb, removal, at, fields, images)
SELECT %(organization)s, %(run)s, user_id, membership_id, location_id, source_id, verb, removal, %(now)s,
       ('[' || coalesce(fields, '') || ']')::jsonb, coalesce(i.images, '[]'::jsonb)
  FROM applied LEFT JOIN bulk_image i USING (change_no);
DROP TABLE bulk_image
