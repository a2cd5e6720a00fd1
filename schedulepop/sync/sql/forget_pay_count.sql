-- Purpose: how many people lose a rate in force, and how many one dated ahead, when pay is switched off: said before
-- it is done. Whom it counts is whom forget_pay.sql takes it from.
-- Relies on membership_once (user), link_by_user and override_open.
SELECT count(DISTINCT m.user_id) FILTER (WHERE d.pay_rate IS NOT NULL),
       count(DISTINCT m.user_id) FILTER (WHERE d.next_pay_rate IS NOT NULL)
  FROM directory_membershipduty d
  JOIN directory_membership m ON m.id = d.membership_id
 WHERE m.organization_id = %(organization)s AND NOT m.id = ANY (%(foreign)s::bigint[])
   AND m.user_id IN (SELECT user_id FROM sync_link WHERE integration_id = %(integration)s)
   AND (d.pay_rate IS NOT NULL OR d.next_pay_rate IS NOT NULL)
   AND NOT EXISTS (SELECT FROM sync_fieldoverride k
                    WHERE k.user_id = m.user_id AND k.location_id = m.location_id AND k.field = 'pay_rate'
                      AND k.kind = 'override' AND k.released_at IS NULL AND d.duty_id = m.primary_duty_id)
