-- Purpose: duties and zones by their location.
-- Relies on duty_name and zone_name (few rows, read whole).
SELECT 'duty', location_id, id, name FROM directory_duty WHERE organization_id = %(organization)s
 UNION ALL
SELECT 'zone', location_id, id, name FROM directory_zone WHERE organization_id = %(organization)s
 ORDER BY 1, 3
