-- Purpose: takes truths.sql back, for a reversed migration.
ALTER TABLE sync_fieldoverride DROP CONSTRAINT override_location_fk;
ALTER TABLE sync_fieldoverride DROP CONSTRAINT override_user_fk;
ALTER TABLE sync_idchange DROP CONSTRAINT idchange_user_fk;
ALTER TABLE sync_idchange DROP CONSTRAINT idchange_integration_fk;
ALTER TABLE sync_answer DROP CONSTRAINT answer_user_fk;
ALTER TABLE sync_answer DROP CONSTRAINT answer_integration_fk;
DROP TRIGGER membership_zone_touched ON directory_membershipzone;
DROP TRIGGER membership_duty_touched ON directory_membershipduty;
DROP TRIGGER membership_touched ON directory_membership;
DROP TRIGGER user_touched ON accounts_user;
DROP FUNCTION sync_touch_part();
DROP FUNCTION sync_touch_membership();
DROP FUNCTION sync_touch_user();
DROP FUNCTION sync_touch(bigint);
ALTER TABLE sync_run DROP CONSTRAINT run_integration_fk;
ALTER TABLE sync_link DROP CONSTRAINT link_integration_fk, DROP CONSTRAINT link_user_fk;
