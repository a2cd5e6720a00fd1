-- Purpose: what an undo pinned of pay is released, and its value goes: nothing is read that could come again.
-- Relies on link_by_user.
UPDATE sync_fieldoverride k
   SET value = '', released_at = coalesce(k.released_at, %(now)s),
       released_by = CASE WHEN k.released_at IS NULL THEN %(by)s ELSE k.released_by END,
       released_why = CASE WHEN k.released_at IS NULL THEN 'pay switched off' ELSE k.released_why END
 WHERE k.organization_id = %(organization)s AND k.kind = 'pin' AND k.field = ANY (%(tells)s::text[])
   AND k.user_id IN (SELECT user_id FROM sync_link WHERE integration_id = %(integration)s)
