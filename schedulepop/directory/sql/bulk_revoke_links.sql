-- Purpose: an address moved and nobody is told: the links sent to the old one are void all the same.
-- Relies on invitation_live.
UPDATE accounts_invitation i SET revoked_at = %(now)s
  FROM bulk_person_edit p
 WHERE p.email <> p.old_email AND i.user_id = p.user_id AND i.used_at IS NULL AND i.revoked_at IS NULL
