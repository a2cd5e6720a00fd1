-- Purpose: pin what was taken back, in place of overrides and pins of the same fields; a rehire that did not happen
-- leaves no employment period; and the records of these people are compared again.
-- Relies on override_once and link_by_user.
UPDATE sync_fieldoverride k SET released_at = %(now)s, released_by = %(by)s, released_why = 'replaced'
  FROM unnest(%(users)s::bigint[], %(places)s::bigint[], %(fields)s::text[]) AS p (user_id, location_id, field)
 WHERE k.user_id = p.user_id AND k.location_id IS NOT DISTINCT FROM p.location_id AND k.field = p.field
   AND k.released_at IS NULL AND k.organization_id = %(organization)s;
INSERT INTO sync_fieldoverride (organization_id, user_id, location_id, field, kind, value, reason, run_id, by, at, released_by,
       released_why)
SELECT %(organization)s, p.user_id, p.location_id, p.field, 'pin', p.value, %(reason)s, %(run)s, %(by)s, %(now)s, '', ''
  FROM unnest(%(users)s::bigint[], %(places)s::bigint[], %(fields)s::text[], %(values)s::text[])
       AS p (user_id, location_id, field, value);
DELETE FROM directory_employmentperiod e
 WHERE e.run_id = %(undone)s AND e.membership_id = ANY (%(back)s::bigint[]);
SELECT sync_touch(person) FROM unnest(%(people)s::bigint[]) AS w (person)
