-- Purpose: whoever comes back begins a new employment: the one that ended goes to the periods, as it stood before this
-- plan, and a manager is asked to look at the extras of then. Payroll taking a termination back (the hire date stays) is
-- no new employment. Runs before the memberships are written.
-- Relies on the primary key of directory_duty, membership_duty_once and membership_zone_once.
INSERT INTO directory_employmentperiod (membership_id, hire_date, ended_on, status, duty_name, run_id, recorded_at)
SELECT e.membership_id, e.old_hire_date, e.old_termination_date, e.old_status, coalesce(d.name, ''), %(run)s, %(now)s
  FROM bulk_edit e LEFT JOIN directory_duty d ON d.id = e.old_duty_id
 WHERE e.begins_anew
 ORDER BY e.change_no;
UPDATE directory_membership m SET extras_to_review = true
  FROM bulk_edit e
 WHERE e.begins_anew AND m.id = e.membership_id
   AND (EXISTS (SELECT FROM directory_membershipduty d
                 WHERE d.membership_id = m.id AND d.by_manager AND d.duty_id IS DISTINCT FROM e.duty_id)
     OR EXISTS (SELECT FROM directory_membershipzone z
                 WHERE z.membership_id = m.id AND z.by_manager AND z.zone_id IS DISTINCT FROM e.zone_id));
