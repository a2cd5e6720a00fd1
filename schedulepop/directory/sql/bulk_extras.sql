-- Purpose: payroll's further duties and zones appear, with the rate of the job, and go when payroll drops them. What a
-- manager added becomes payroll's too and is the manager's alone again afterwards; it is never taken away here. Runs
-- after the primary has moved: an old primary may stay as an extra. Rows that are so already are left out.
-- Relies on membership_duty_once and membership_zone_once.
INSERT INTO directory_membershipduty AS d (membership_id, location_id, duty_id, by_payroll, by_manager, [[pay: $]])
SELECT membership_id, location_id, part_id, true, false, [[pay: $]]
  FROM bulk_extra WHERE kind = 'duty' AND NOT gone
    ON CONFLICT (membership_id, duty_id) DO UPDATE SET by_payroll = true, [[pay: $ = excluded.$]]
 WHERE (d.by_payroll, [[pay: d.$]]) IS DISTINCT FROM (true, [[pay: excluded.$]]);
UPDATE directory_membershipduty d SET by_payroll = false, [[pay: $ = NULL; text: $ = '']]
  FROM bulk_extra x
 WHERE x.kind = 'duty' AND x.gone AND d.membership_id = x.membership_id AND d.duty_id = x.part_id AND d.by_payroll
   AND d.by_manager;
DELETE FROM directory_membershipduty d USING bulk_extra x
 WHERE x.kind = 'duty' AND x.gone AND d.membership_id = x.membership_id AND d.duty_id = x.part_id AND d.by_payroll
   AND NOT d.by_manager;
INSERT INTO directory_membershipzone AS z (membership_id, location_id, zone_id, by_payroll, by_manager)
SELECT membership_id, location_id, part_id, true, false
  FROM bulk_extra WHERE kind = 'zone' AND NOT gone
    ON CONFLICT (membership_id, zone_id) DO UPDATE SET by_payroll = true WHERE NOT z.by_payroll;
UPDATE directory_membershipzone z SET by_payroll = false
  FROM bulk_extra x
 WHERE x.kind = 'zone' AND x.gone AND z.membership_id = x.membership_id AND z.zone_id = x.part_id AND z.by_payroll
   AND z.by_manager;
DELETE FROM directory_membershipzone z USING bulk_extra x
 WHERE x.kind = 'zone' AND x.gone AND z.membership_id = x.membership_id AND z.zone_id = x.part_id AND z.by_payroll
   AND NOT z.by_manager;
