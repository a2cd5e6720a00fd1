-- Purpose: the rates payroll has given leave the User List, those dated ahead too; a rate that somebody holds against
-- payroll is theirs and stays. What another integration speaks for stays as well.
-- Relies on membership_once (user), link_by_user and override_open.
UPDATE directory_membershipduty d
   SET pay_rate = NULL, pay_unit = '', pay_currency = '', next_pay_rate = NULL, next_pay_unit = '',
       next_pay_currency = '', next_pay_on = NULL
  FROM directory_membership m
 WHERE m.id = d.membership_id AND m.organization_id = %(organization)s AND NOT m.id = ANY (%(foreign)s::bigint[])
   AND m.user_id IN (SELECT user_id FROM sync_link WHERE integration_id = %(integration)s)
   AND (d.pay_rate IS NOT NULL OR d.next_pay_rate IS NOT NULL)
   AND NOT EXISTS (SELECT FROM sync_fieldoverride k
                    WHERE k.user_id = m.user_id AND k.location_id = m.location_id AND k.field = 'pay_rate'
                      AND k.kind = 'override' AND k.released_at IS NULL AND d.duty_id = m.primary_duty_id)
