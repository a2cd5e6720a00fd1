-- Purpose: what people decided stays inside their organization.
-- Relies on user_org_id, integration_org_id, location_org_id.
ALTER TABLE sync_answer ADD CONSTRAINT answer_integration_fk
  FOREIGN KEY (organization_id, integration_id) REFERENCES sync_integration (organization_id, id) ON DELETE CASCADE;
ALTER TABLE sync_answer ADD CONSTRAINT answer_user_fk
  FOREIGN KEY (organization_id, user_id) REFERENCES accounts_user (organization_id, id);
ALTER TABLE sync_idchange ADD CONSTRAINT idchange_integration_fk
  FOREIGN KEY (organization_id, integration_id) REFERENCES sync_integration (organization_id, id) ON DELETE CASCADE;
ALTER TABLE sync_idchange ADD CONSTRAINT idchange_user_fk
  FOREIGN KEY (organization_id, user_id) REFERENCES accounts_user (organization_id, id);
ALTER TABLE sync_fieldoverride ADD CONSTRAINT override_user_fk
  FOREIGN KEY (organization_id, user_id) REFERENCES accounts_user (organization_id, id);
ALTER TABLE sync_fieldoverride ADD CONSTRAINT override_location_fk
  FOREIGN KEY (organization_id, location_id) REFERENCES directory_location (organization_id, id);
