-- Purpose: make the duties and zones the plan names for unknown codes, and map the codes to them. A code somebody
-- mapped meanwhile keeps its meaning.
-- Relies on duty_name, duty_code_once, zone_name, zone_code_once.
CREATE TEMP TABLE bulk_code ON COMMIT DROP AS
SELECT * FROM unnest(%(kinds)s::text[], %(locations)s::bigint[], %(codes)s::text[], %(names)s::text[])
           AS w (kind, location_id, code, name);
WITH made AS (
  INSERT INTO directory_duty (organization_id, location_id, name)
  SELECT DISTINCT %(organization)s, w.location_id, w.name
    FROM bulk_code w
   WHERE w.kind = 'duty'
     AND NOT EXISTS (SELECT FROM directory_dutycode c WHERE c.location_id = w.location_id AND c.code = w.code)
      ON CONFLICT (location_id, name) DO NOTHING
  RETURNING id, location_id
)
INSERT INTO accounts_auditentry (organization_id, at, by, door, verb, subject, subject_id, location_id, run_id, changes)
SELECT %(organization)s, %(now)s, %(by)s, 'sync', 'create', 'duty', id, location_id, %(run)s, '[]'::jsonb FROM made;
INSERT INTO directory_dutycode (location_id, duty_id, code)
SELECT w.location_id, d.id, w.code
  FROM bulk_code w JOIN directory_duty d ON d.location_id = w.location_id AND d.name = w.name
 WHERE w.kind = 'duty'
    ON CONFLICT (location_id, code) DO NOTHING;
WITH made AS (
  INSERT INTO directory_zone (organization_id, location_id, name)
  SELECT DISTINCT %(organization)s, w.location_id, w.name
    FROM bulk_code w
   WHERE w.kind = 'zone'
     AND NOT EXISTS (SELECT FROM directory_zonecode c WHERE c.location_id = w.location_id AND c.code = w.code)
      ON CONFLICT (location_id, name) DO NOTHING
  RETURNING id, location_id
)
INSERT INTO accounts_auditentry (organization_id, at, by, door, verb, subject, subject_id, location_id, run_id, changes)
SELECT %(organization)s, %(now)s, %(by)s, 'sync', 'create', 'zone', id, location_id, %(run)s, '[]'::jsonb FROM made;
INSERT INTO directory_zonecode (location_id, zone_id, code)
SELECT w.location_id, z.id, w.code
  FROM bulk_code w JOIN directory_zone z ON z.location_id = w.location_id AND z.name = w.name
 WHERE w.kind = 'zone'
    ON CONFLICT (location_id, code) DO NOTHING;
