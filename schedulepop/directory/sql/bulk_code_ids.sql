-- Purpose: which duty or zone each new code means now.
-- Relies on duty_code_once and zone_code_once.
SELECT w.kind, w.location_id, w.code, coalesce(d.duty_id, z.zone_id)
  FROM bulk_code w
  LEFT JOIN directory_dutycode d ON w.kind = 'duty' AND d.location_id = w.location_id AND d.code = w.code
  LEFT JOIN directory_zonecode z ON w.kind = 'zone' AND z.location_id = w.location_id AND z.code = w.code
