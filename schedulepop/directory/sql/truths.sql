-- Purpose: what must be true of the User List whoever writes it.
-- Composite foreign keys carry the organization or the location, so that nothing can point across a border.
-- They rely on the unique constraints user_org_id, location_org_id, duty_location_id, zone_location_id,
-- membership_location_id, membership_duty_once and membership_zone_once.

ALTER TABLE directory_locationcode ADD CONSTRAINT locationcode_location_fk
  FOREIGN KEY (organization_id, location_id) REFERENCES directory_location (organization_id, id) ON DELETE CASCADE;
ALTER TABLE directory_duty ADD CONSTRAINT duty_location_fk
  FOREIGN KEY (organization_id, location_id) REFERENCES directory_location (organization_id, id);
ALTER TABLE directory_zone ADD CONSTRAINT zone_location_fk
  FOREIGN KEY (organization_id, location_id) REFERENCES directory_location (organization_id, id);
ALTER TABLE directory_dutycode ADD CONSTRAINT dutycode_duty_fk
  FOREIGN KEY (location_id, duty_id) REFERENCES directory_duty (location_id, id) ON DELETE CASCADE;
ALTER TABLE directory_zonecode ADD CONSTRAINT zonecode_zone_fk
  FOREIGN KEY (location_id, zone_id) REFERENCES directory_zone (location_id, id) ON DELETE CASCADE;

ALTER TABLE directory_membership ADD CONSTRAINT membership_user_fk
  FOREIGN KEY (organization_id, user_id) REFERENCES accounts_user (organization_id, id);
ALTER TABLE directory_membership ADD CONSTRAINT membership_location_fk
  FOREIGN KEY (organization_id, location_id) REFERENCES directory_location (organization_id, id);
ALTER TABLE directory_membershipduty ADD CONSTRAINT membershipduty_duty_fk
  FOREIGN KEY (location_id, duty_id) REFERENCES directory_duty (location_id, id);
ALTER TABLE directory_membershipduty ADD CONSTRAINT membershipduty_membership_fk
  FOREIGN KEY (location_id, membership_id) REFERENCES directory_membership (location_id, id) ON DELETE CASCADE;
ALTER TABLE directory_membershipzone ADD CONSTRAINT membershipzone_zone_fk
  FOREIGN KEY (location_id, zone_id) REFERENCES directory_zone (location_id, id);
ALTER TABLE directory_membershipzone ADD CONSTRAINT membershipzone_membership_fk
  FOREIGN KEY (location_id, membership_id) REFERENCES directory_membership (location_id, id) ON DELETE CASCADE;

-- The primary duty and zone are among the person's own, and cannot be deleted while primary.
ALTER TABLE directory_membership ADD CONSTRAINT membership_primary_duty_fk
  FOREIGN KEY (id, primary_duty_id) REFERENCES directory_membershipduty (membership_id, duty_id) ON DELETE RESTRICT;
ALTER TABLE directory_membership ADD CONSTRAINT membership_primary_zone_fk
  FOREIGN KEY (id, primary_zone_id) REFERENCES directory_membershipzone (membership_id, zone_id) ON DELETE RESTRICT;

-- ... nor taken away: NULL only until payroll first gives one (SPEC 1.4).
CREATE FUNCTION directory_keep_primary() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The primary % of membership % cannot be removed, only replaced.',
    CASE WHEN NEW.primary_duty_id IS NULL AND OLD.primary_duty_id IS NOT NULL THEN 'duty' ELSE 'zone' END, OLD.id
    USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_keeps_primary';
END $$;
CREATE TRIGGER membership_keeps_primary BEFORE UPDATE OF primary_duty_id, primary_zone_id ON directory_membership
  FOR EACH ROW WHEN ((OLD.primary_duty_id IS NOT NULL AND NEW.primary_duty_id IS NULL)
                  OR (OLD.primary_zone_id IS NOT NULL AND NEW.primary_zone_id IS NULL))
  EXECUTE FUNCTION directory_keep_primary();
