-- Purpose: in one round trip what concerns a feed as a whole: open locations, and duties with their CMS codes, each as
-- JSON rows. The organization's; relies on what snapshot_labor relies on, and on the index by organization of locations.
SELECT (SELECT coalesce(json_agg(json_build_array(id, name, timezone, ran) ORDER BY id), '[]')::text
          FROM ({locations}) AS p (id, name, timezone, ran)),
       (SELECT coalesce(json_agg(json_build_array(id, location_id, name, cms_code, lacks) ORDER BY id), '[]')::text
          FROM (
{labor}
          ) AS d (id, location_id, name, cms_code, lacks))
