-- Purpose: what a transfer is about to change at the location it leaves, and at one it returns to: the history of its
-- fields does not tell, and an undo needs it. Runs before the directory is written; apply_changes drops it.
-- Relies on the primary key of directory_membership.
CREATE TEMP TABLE bulk_before AS
SELECT t.change_no, jsonb_build_object(
         'left', jsonb_build_object('membership_id', m.id, 'location_id', m.location_id, 'status', m.status,
                                    'termination_date', m.termination_date, 'ends_on', m.ends_on),
         'here', CASE WHEN h.id IS NOT NULL THEN jsonb_build_object(
                   'status', h.status, 'termination_date', h.termination_date, 'ends_on', h.ends_on) END) AS before
  FROM (SELECT change_no, from_membership_id, NULL::bigint AS here_id FROM bulk_new WHERE verb = 'transfer'
         UNION ALL
        SELECT change_no, from_membership_id, membership_id FROM bulk_edit WHERE verb = 'transfer') t
  JOIN directory_membership m ON m.id = t.from_membership_id
  LEFT JOIN directory_membership h ON h.id = t.here_id
