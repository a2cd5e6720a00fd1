-- Purpose: takes truths.sql back, for a reversed migration.
DROP TRIGGER membership_keeps_primary ON directory_membership;
DROP FUNCTION directory_keep_primary();
ALTER TABLE directory_membership DROP CONSTRAINT membership_primary_zone_fk, DROP CONSTRAINT membership_primary_duty_fk,
  DROP CONSTRAINT membership_location_fk, DROP CONSTRAINT membership_user_fk;
ALTER TABLE directory_membershipzone DROP CONSTRAINT membershipzone_membership_fk, DROP CONSTRAINT membershipzone_zone_fk;
ALTER TABLE directory_membershipduty DROP CONSTRAINT membershipduty_membership_fk, DROP CONSTRAINT membershipduty_duty_fk;
ALTER TABLE directory_zonecode DROP CONSTRAINT zonecode_zone_fk;
ALTER TABLE directory_dutycode DROP CONSTRAINT dutycode_duty_fk;
ALTER TABLE directory_zone DROP CONSTRAINT zone_location_fk;
ALTER TABLE directory_duty DROP CONSTRAINT duty_location_fk;
ALTER TABLE directory_locationcode DROP CONSTRAINT locationcode_location_fk;
