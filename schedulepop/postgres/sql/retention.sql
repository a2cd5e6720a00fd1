-- Purpose: what the app may do to the audit trail although it can only add there: let entries go that are past their
-- years (ADR 0021). Run as the schema's owner; the search path is pinned. The web has no right to call these.

-- At most so many of the organization's oldest entries before a day; says how many. Nothing that the database itself
-- recorded within the last three years goes, whatever was asked. Relies on audit_by_organization.
CREATE OR REPLACE FUNCTION expire_audit(whose bigint, before timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE gone integer;
BEGIN
  DELETE FROM accounts_auditentry
   WHERE id IN (SELECT id FROM accounts_auditentry
                 WHERE organization_id = whose AND at < before
                   AND recorded_at < clock_timestamp() - interval '3 years'
                 ORDER BY at LIMIT most);
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;

-- What is said of people who were erased (ADR 0025): the entry stays with when, what and by which door; whose it was and
-- what it wrote goes. Only of users who are there no more, while an erasure in their organization is under way.
-- Relies on audit_by_organization.
CREATE OR REPLACE FUNCTION erase_audit(whose bigint, people bigint[], author text, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE gone integer;
BEGIN
  IF NOT EXISTS (SELECT FROM sync_erasure WHERE organization_id = whose AND finished_at IS NULL AND user_id IS NULL)
     OR EXISTS (SELECT FROM accounts_user WHERE id = ANY (people)) THEN
    RETURN 0;
  END IF;
  UPDATE accounts_auditentry
     SET changes = CASE WHEN user_id = ANY (people) THEN '[]' ELSE changes END,
         subject_id = CASE WHEN user_id = ANY (people) THEN NULL ELSE subject_id END,
         by = CASE WHEN actor_id = ANY (people) THEN author ELSE by END,
         user_id = CASE WHEN user_id = ANY (people) THEN NULL ELSE user_id END,
         actor_id = CASE WHEN actor_id = ANY (people) THEN NULL ELSE actor_id END
   WHERE id IN (SELECT id FROM accounts_auditentry
                 WHERE organization_id = whose AND (user_id = ANY (people) OR actor_id = ANY (people)) LIMIT most);
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;

-- A word of somebody who was erased, in what entries about others say: five letters at least, never a user's that lives.
CREATE OR REPLACE FUNCTION erase_word_in_audit(whose bigint, word text, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE gone integer;
BEGIN
  IF length(word) < 5 OR word ~ '["\\]'
     OR NOT EXISTS (SELECT FROM sync_erasure WHERE organization_id = whose AND finished_at IS NULL AND user_id IS NULL)
     OR EXISTS (SELECT FROM accounts_user WHERE organization_id = whose AND username = word) THEN
    RETURN 0;
  END IF;
  UPDATE accounts_auditentry SET changes = replace(changes::text, word, '…')::jsonb
   WHERE id IN (SELECT id FROM accounts_auditentry
                 WHERE organization_id = whose AND strpos(changes::text, word) > 0 LIMIT most);
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;
