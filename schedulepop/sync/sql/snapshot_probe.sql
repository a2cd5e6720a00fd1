-- Purpose: in one round trip what a run asks before it reads anybody: one hash over every code map, duty and open
-- location, and the database, which is another one after a restore; the links of people somebody wrote; who is
-- missing; ids with an answer that no run has applied; all ids of people who have or get more than one of them; what
-- the last run left; and for a small feed one hash over everybody (snapshot_people_hash).
-- Relies on the indexes by organization of locations, duties and zones, on link_id_once, missing_once, answer_once,
-- link_further and link_by_user.
WITH pending AS (
  SELECT source_id, user_id FROM sync_answer
   WHERE integration_id = %(integration)s AND withdrawn_at IS NULL AND applied_at IS NULL
)
SELECT encode(sha256(convert_to(concat_ws('/', (SELECT oid FROM pg_database WHERE datname = current_database()),
         (SELECT string_agg(concat_ws(' ', id, closed_at IS NULL, timezone), ';' ORDER BY id)
            FROM directory_location WHERE organization_id = %(organization)s),
         (SELECT string_agg(concat_ws(' ', location_id, to_json(code)), ';' ORDER BY id)
            FROM directory_locationcode WHERE organization_id = %(organization)s),
         (SELECT string_agg(concat_ws(' ', d.id, d.location_id, d.cms_code, to_json(d.name), c.location_id, to_json(c.code)),
                            ';' ORDER BY d.id, c.id)
            FROM directory_duty d LEFT JOIN directory_dutycode c ON c.duty_id = d.id
           WHERE d.organization_id = %(organization)s),
         (SELECT string_agg(concat_ws(' ', z.id, to_json(z.name), c.location_id, to_json(c.code)), ';' ORDER BY z.id, c.id)
            FROM directory_zone z LEFT JOIN directory_zonecode c ON c.zone_id = z.id
           WHERE z.organization_id = %(organization)s)), 'UTF8')), 'hex'),
       (SELECT json_agg(json_build_array(l.id, l.source_id, t.version) ORDER BY l.id)
          FROM sync_touched t JOIN sync_link l ON l.id = t.link_id WHERE l.integration_id = %(integration)s),
       (SELECT json_agg(source_id ORDER BY source_id) FROM sync_missinglink WHERE integration_id = %(integration)s),
       (SELECT json_agg(source_id) FROM pending),
       (SELECT json_agg(l.source_id)
          FROM (SELECT user_id FROM sync_link WHERE integration_id = %(integration)s AND further AND retired_at IS NULL
                 UNION SELECT user_id FROM pending) p
          JOIN sync_link l ON l.user_id = p.user_id AND l.integration_id = %(integration)s AND l.retired_at IS NULL),
       f.rules_hash, CASE WHEN %(same)s THEN f.reading ELSE f.blob END, f.compared_on, coalesce(f.people, ''),
       CASE WHEN f.people <> '' THEN (
{everybody}
       ) END
  FROM (VALUES (true)) once LEFT JOIN sync_fingerprints f ON f.integration_id = %(integration)s
