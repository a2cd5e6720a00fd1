-- Purpose: whoever goes on elsewhere keeps no ended membership as the primary location: it passes to the oldest of
-- payroll's that goes on. In two steps, because nobody has two.
-- Relies on membership_once (user) and membership_one_primary.
CREATE TEMP TABLE bulk_primary_move ON COMMIT DROP AS
SELECT m.id AS ended_id, n.id AS next_id
  FROM (SELECT user_id FROM bulk_edit UNION SELECT user_id FROM bulk_new WHERE NOT newcomer) c
  JOIN directory_membership m ON m.user_id = c.user_id AND m.is_primary AND m.status = ANY (%(ended)s)
 CROSS JOIN LATERAL (SELECT o.id FROM directory_membership o
                      WHERE o.user_id = c.user_id AND o.payroll_owned AND NOT o.status = ANY (%(ended)s)
                      ORDER BY o.id LIMIT 1) n;
UPDATE directory_membership m SET is_primary = false FROM bulk_primary_move p WHERE m.id = p.ended_id;
UPDATE directory_membership m SET is_primary = true FROM bulk_primary_move p WHERE m.id = p.next_id
