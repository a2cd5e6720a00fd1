-- Purpose: end the membership a transfer leaves, today, and free the user's primary location for the new one, also
-- where payroll's flag moves it.
-- "inactive" because payroll did not say terminated; one that has ended already only loses the mark.
-- Relies on membership_once (user).
WITH moving AS (
  SELECT user_id, from_membership_id AS left_id FROM bulk_new WHERE verb = 'transfer'
   UNION ALL
  SELECT user_id, from_membership_id FROM bulk_edit WHERE verb = 'transfer'
   UNION ALL
  SELECT user_id, NULL FROM bulk_new WHERE primary_location AND NOT newcomer AND verb <> 'transfer'
   UNION ALL
  SELECT user_id, NULL FROM bulk_edit WHERE becomes_primary AND verb <> 'transfer'
)
UPDATE directory_membership m
   SET status = CASE WHEN m.id = v.left_id AND NOT m.status = ANY (%(ended)s) THEN 'inactive' ELSE m.status END,
       termination_date = CASE WHEN m.id = v.left_id AND NOT m.status = ANY (%(ended)s) THEN %(today)s::date
                               ELSE m.termination_date END,
       ends_on = CASE WHEN m.id = v.left_id THEN NULL ELSE m.ends_on END,
       is_primary = false,
       changed_at = CASE WHEN m.id = v.left_id THEN %(now)s ELSE m.changed_at END,
       changed_what = CASE WHEN m.id = v.left_id THEN 'Transferred' ELSE m.changed_what END
  FROM moving v
 WHERE m.user_id = v.user_id AND (m.id = v.left_id OR m.is_primary)
