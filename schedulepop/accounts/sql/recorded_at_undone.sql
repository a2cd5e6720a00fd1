-- Purpose: takes back recorded_at.sql.
DROP TRIGGER audit_recorded_at ON accounts_auditentry;
DROP FUNCTION audit_recorded_at();
