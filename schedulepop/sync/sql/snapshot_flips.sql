-- Purpose: whose employment ended or went on within the guard's days.
-- Relies on change_lately.
SELECT membership_id, at::date
  FROM sync_change
 WHERE organization_id = %(organization)s AND (removal OR verb = 'reactivate') AND at > %(flip_days)s
   AND verb IN ('deactivate', 'reactivate') AND membership_id IS NOT NULL
 ORDER BY id
