-- Purpose: when an audit entry was really written is said by the database, whichever role writes it and whatever it says.
CREATE FUNCTION audit_recorded_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.recorded_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER audit_recorded_at BEFORE INSERT ON accounts_auditentry
   FOR EACH ROW EXECUTE FUNCTION audit_recorded_at();
