-- Purpose: links stay inside their organization, and whoever but the sync writes a linked person leaves a mark,
-- so that a record whose text did not change is compared again (DESIGN, "Skipping what is unchanged").
-- Relies on user_org_id, integration_org_id, link_by_user.
ALTER TABLE sync_link ADD CONSTRAINT link_user_fk
  FOREIGN KEY (organization_id, user_id) REFERENCES accounts_user (organization_id, id);
ALTER TABLE sync_link ADD CONSTRAINT link_integration_fk
  FOREIGN KEY (organization_id, integration_id) REFERENCES sync_integration (organization_id, id);
ALTER TABLE sync_run ADD CONSTRAINT run_integration_fk
  FOREIGN KEY (organization_id, integration_id) REFERENCES sync_integration (organization_id, id);

CREATE FUNCTION sync_touch(person bigint) RETURNS void LANGUAGE sql AS $$
  INSERT INTO sync_touched (link_id, version) SELECT id, 1 FROM sync_link WHERE user_id = person
  ON CONFLICT (link_id) DO UPDATE SET version = sync_touched.version + 1;
$$;
CREATE FUNCTION sync_touch_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM sync_touch(NEW.id); RETURN NULL; END $$;
CREATE FUNCTION sync_touch_membership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM sync_touch(CASE WHEN TG_OP = 'DELETE' THEN OLD.user_id ELSE NEW.user_id END); RETURN NULL; END $$;
CREATE FUNCTION sync_touch_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM sync_touch(user_id) FROM directory_membership
   WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.membership_id ELSE NEW.membership_id END;
  RETURN NULL;
END $$;

-- The applying run sets schedulepop.applying for its transaction and is not marked.
CREATE TRIGGER user_touched AFTER UPDATE OF first_name, last_name, email, confirmed_email, phone, local
  ON accounts_user FOR EACH ROW
  WHEN (current_setting('schedulepop.applying', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION sync_touch_user();
CREATE TRIGGER membership_touched AFTER INSERT OR UPDATE OR DELETE ON directory_membership FOR EACH ROW
  WHEN (current_setting('schedulepop.applying', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION sync_touch_membership();
CREATE TRIGGER membership_duty_touched AFTER INSERT OR UPDATE OR DELETE ON directory_membershipduty FOR EACH ROW
  WHEN (current_setting('schedulepop.applying', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION sync_touch_part();
CREATE TRIGGER membership_zone_touched AFTER INSERT OR UPDATE OR DELETE ON directory_membershipzone FOR EACH ROW
  WHEN (current_setting('schedulepop.applying', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION sync_touch_part();

-- what people decided stays inside their organization.
-- Relies on user_org_id, integration_org_id, location_org_id.
ALTER TABLE sync_answer ADD CONSTRAINT answer_integration_fk
  FOREIGN KEY (organization_id, integration_id) REFERENCES sync_integration (organization_id, id) ON DELETE CASCADE;
ALTER TABLE sync_answer ADD CONSTRAINT answer_user_fk
  FOREIGN KEY (organization_id, user_id) REFERENCES accounts_user (organization_id, id);
ALTER TABLE sync_deferral ADD CONSTRAINT deferral_integration_fk
  FOREIGN KEY (organization_id, integration_id) REFERENCES sync_integration (organization_id, id) ON DELETE CASCADE;
ALTER TABLE sync_deferral ADD CONSTRAINT deferral_user_fk
  FOREIGN KEY (organization_id, user_id) REFERENCES accounts_user (organization_id, id);
ALTER TABLE sync_deferral ADD CONSTRAINT deferral_location_fk
  FOREIGN KEY (organization_id, location_id) REFERENCES directory_location (organization_id, id);
ALTER TABLE sync_idchange ADD CONSTRAINT idchange_integration_fk
  FOREIGN KEY (organization_id, integration_id) REFERENCES sync_integration (organization_id, id) ON DELETE CASCADE;
ALTER TABLE sync_idchange ADD CONSTRAINT idchange_user_fk
  FOREIGN KEY (organization_id, user_id) REFERENCES accounts_user (organization_id, id);
ALTER TABLE sync_fieldoverride ADD CONSTRAINT override_user_fk
  FOREIGN KEY (organization_id, user_id) REFERENCES accounts_user (organization_id, id);
ALTER TABLE sync_fieldoverride ADD CONSTRAINT override_location_fk
  FOREIGN KEY (organization_id, location_id) REFERENCES directory_location (organization_id, id);

-- secrets, leases and what arrives stay inside their organization. Relies on integration_org_id.
ALTER TABLE sync_integrationsecret ADD CONSTRAINT secret_integration_fk
  FOREIGN KEY (organization_id, integration_id) REFERENCES sync_integration (organization_id, id) ON DELETE CASCADE;
ALTER TABLE sync_fetch ADD CONSTRAINT fetch_integration_fk
  FOREIGN KEY (organization_id, integration_id) REFERENCES sync_integration (organization_id, id) ON DELETE CASCADE;
ALTER TABLE sync_dropaddress ADD CONSTRAINT drop_integration_fk
  FOREIGN KEY (organization_id, integration_id) REFERENCES sync_integration (organization_id, id) ON DELETE CASCADE;
ALTER TABLE sync_arrival ADD CONSTRAINT arrival_integration_fk
  FOREIGN KEY (organization_id, integration_id) REFERENCES sync_integration (organization_id, id) ON DELETE CASCADE;

-- what is left of people who were erased stays inside their organization. Relies on integration_org_id, location_org_id.
ALTER TABLE sync_tombstone ADD CONSTRAINT tombstone_integration_fk
  FOREIGN KEY (organization_id, integration_id) REFERENCES sync_integration (organization_id, id) ON DELETE CASCADE;
ALTER TABLE sync_erasedemployment ADD CONSTRAINT erased_location_fk
  FOREIGN KEY (organization_id, location_id) REFERENCES directory_location (organization_id, id);

-- One job per run, whoever queues it: the queue is a table of procrastinate's, the rule is ours.
CREATE UNIQUE INDEX job_of_run ON procrastinate_jobs ((args ->> 'run_id')) WHERE task_name = 'drive_run';
CREATE UNIQUE INDEX job_of_fetch ON procrastinate_jobs ((args ->> 'run_id')) WHERE task_name = 'fetch_feed';
ALTER TABLE sync_partmerge ADD CONSTRAINT part_merge_location_fk
  FOREIGN KEY (organization_id, location_id) REFERENCES directory_location (organization_id, id) ON DELETE CASCADE;
