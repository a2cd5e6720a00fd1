-- Purpose: whoever has the merged zone has the kept one instead, primary or further. First the kept rows, then the
-- primaries that point at them, at last the merged rows.
-- Relies on membership_zone_once and membership_primary_zone_fk.
INSERT INTO directory_membershipzone AS k (membership_id, location_id, zone_id, by_payroll, by_manager)
SELECT z.membership_id, z.location_id, %(kept)s, z.by_payroll, z.by_manager
  FROM directory_membershipzone z JOIN directory_membership m ON m.id = z.membership_id
 WHERE m.organization_id = %(organization)s AND z.location_id = %(location)s AND z.zone_id = %(merged)s
    ON CONFLICT (membership_id, zone_id) DO UPDATE
   SET by_payroll = k.by_payroll OR excluded.by_payroll, by_manager = k.by_manager OR excluded.by_manager;
UPDATE directory_membership SET primary_zone_id = %(kept)s
 WHERE organization_id = %(organization)s AND location_id = %(location)s AND primary_zone_id = %(merged)s;
DELETE FROM directory_membershipzone z USING directory_membership m
 WHERE m.id = z.membership_id AND m.organization_id = %(organization)s AND z.location_id = %(location)s
   AND z.zone_id = %(merged)s;
