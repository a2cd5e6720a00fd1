-- Purpose: write what differs at memberships that exist, and move the primary duty and zone.
-- Role, notes, access block, pay grant and extras are local: they are not named here.
-- Relies on the primary key of directory_membership.
UPDATE directory_membership m
   SET [[membership: $ = e.$]], primary_duty_id = e.duty_id, primary_zone_id = e.zone_id, payroll_owned = true,
       is_primary = m.is_primary OR e.verb = 'transfer' OR e.becomes_primary, changed_at = %(now)s, changed_what = e.what
  FROM bulk_edit e WHERE m.id = e.membership_id
