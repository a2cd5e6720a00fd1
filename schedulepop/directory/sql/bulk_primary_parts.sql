-- Purpose: the new primary duty and zone become the membership's own rows before the primary moves to them. A
-- manager's extra of the same name is promoted and stays the manager's too; pay lies on the primary duty's row.
-- Relies on membership_duty_once and membership_zone_once.
INSERT INTO directory_membershipduty AS d (membership_id, location_id, duty_id, by_payroll, by_manager, [[pay: $]])
SELECT membership_id, location_id, duty_id, true, false, [[pay: $]]
  FROM bulk_edit
 WHERE duty_id IS NOT NULL AND (duty_moves OR pay_differs OR NOT duty_by_payroll)
    ON CONFLICT (membership_id, duty_id) DO UPDATE SET by_payroll = true, [[pay: $ = excluded.$]];
INSERT INTO directory_membershipzone AS z (membership_id, location_id, zone_id, by_payroll, by_manager)
SELECT membership_id, location_id, zone_id, true, false
  FROM bulk_edit
 WHERE zone_id IS NOT NULL AND (zone_moves OR NOT was_owned)
    ON CONFLICT (membership_id, zone_id) DO UPDATE SET by_payroll = true;
