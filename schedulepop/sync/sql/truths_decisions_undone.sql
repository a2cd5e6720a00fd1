-- Purpose: take back truths_decisions.sql.
ALTER TABLE sync_fieldoverride DROP CONSTRAINT override_location_fk;
ALTER TABLE sync_fieldoverride DROP CONSTRAINT override_user_fk;
ALTER TABLE sync_idchange DROP CONSTRAINT idchange_user_fk;
ALTER TABLE sync_idchange DROP CONSTRAINT idchange_integration_fk;
ALTER TABLE sync_answer DROP CONSTRAINT answer_user_fk;
ALTER TABLE sync_answer DROP CONSTRAINT answer_integration_fk;
