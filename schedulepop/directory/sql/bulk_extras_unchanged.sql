-- Purpose: leave out payroll's further duties and zones that are as planned already, so that the same plan twice changes
-- nothing. Runs before the memberships are compared. What is primary now leaves with the primary, so it stays planned.
-- Relies on membership_duty_once, membership_zone_once and the primary key of directory_membership.
DELETE FROM bulk_extra x USING directory_membershipduty d, directory_membership m
 WHERE x.kind = 'duty' AND NOT x.gone AND d.membership_id = x.membership_id AND d.duty_id = x.part_id AND d.by_payroll
   AND m.id = x.membership_id AND m.primary_duty_id IS DISTINCT FROM x.part_id
   AND ([[pay: d.$]]) IS NOT DISTINCT FROM ([[pay: x.$]]);
DELETE FROM bulk_extra x
 WHERE x.kind = 'duty' AND x.gone
   AND NOT EXISTS (SELECT FROM directory_membershipduty d
                    WHERE d.membership_id = x.membership_id AND d.duty_id = x.part_id AND d.by_payroll);
DELETE FROM bulk_extra x USING directory_membership m
 WHERE x.kind = 'zone' AND m.id = x.membership_id AND m.primary_zone_id IS DISTINCT FROM x.part_id
   AND x.gone <> EXISTS (SELECT FROM directory_membershipzone z
                          WHERE z.membership_id = x.membership_id AND z.zone_id = x.part_id AND z.by_payroll)
