-- Purpose: make memberships with their primary duty and zone, in one statement: each side's foreign key needs the
-- other. The first membership of a user without a primary location becomes it, a transfer's always does.
-- Relies on membership_one_primary.
WITH made AS (
  INSERT INTO directory_membership (id, organization_id, user_id, location_id, role, [[membership: $]],
         primary_duty_id, primary_zone_id, payroll_owned, is_primary, may_see_pay, notes, access_blocked_reason,
         access_blocked_by, changed_at, changed_what)
  SELECT n.membership_id, %(organization)s, n.user_id, n.location_id, 'staff', [[membership: n.$]],
         n.duty_id, n.zone_id, true,
         CASE WHEN n.newcomer THEN n.primary_location
              WHEN n.primary_location THEN true
              WHEN EXISTS (SELECT FROM bulk_new f WHERE f.user_id = n.user_id AND f.primary_location) THEN false
              ELSE row_number() OVER (PARTITION BY n.user_id, n.newcomer ORDER BY n.verb = 'transfer' DESC, n.change_no) = 1
                   AND NOT EXISTS (SELECT FROM directory_membership o WHERE o.user_id = n.user_id AND o.is_primary) END,
         false, '', '', '', %(now)s, n.what
    FROM bulk_new n
), duties AS (
  INSERT INTO directory_membershipduty (membership_id, location_id, duty_id, by_payroll, by_manager, [[pay: $]])
  SELECT membership_id, location_id, duty_id, true, false, [[pay: $]]
    FROM bulk_new WHERE duty_id IS NOT NULL
)
INSERT INTO directory_membershipzone (membership_id, location_id, zone_id, by_payroll, by_manager)
SELECT membership_id, location_id, zone_id, true, false FROM bulk_new WHERE zone_id IS NOT NULL
