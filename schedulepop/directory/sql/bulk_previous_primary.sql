-- Purpose: after the primary has moved, the old one goes, or returns to being the manager's extra it was.
-- Relies on membership_duty_once and membership_zone_once; the foreign keys refuse to delete a primary.
UPDATE directory_membershipduty d SET by_payroll = false, [[pay: $ = NULL; text: $ = '']]
  FROM bulk_edit e
 WHERE e.duty_moves AND d.membership_id = e.membership_id AND d.duty_id = e.old_duty_id AND d.by_payroll AND d.by_manager;
DELETE FROM directory_membershipduty d USING bulk_edit e
 WHERE e.duty_moves AND d.membership_id = e.membership_id AND d.duty_id = e.old_duty_id AND d.by_payroll
   AND NOT d.by_manager;
UPDATE directory_membershipzone z SET by_payroll = false
  FROM bulk_edit e
 WHERE e.zone_moves AND z.membership_id = e.membership_id AND z.zone_id = e.old_zone_id AND z.by_payroll AND z.by_manager;
DELETE FROM directory_membershipzone z USING bulk_edit e
 WHERE e.zone_moves AND z.membership_id = e.membership_id AND z.zone_id = e.old_zone_id AND z.by_payroll
   AND NOT z.by_manager;
