-- Purpose: whoever has the merged duty has the kept one instead, primary or further; of who has both, the one that is
-- primary brings its pay. First the kept rows, then the primaries that point at them, at last the merged rows.
-- Relies on membership_duty_once and membership_primary_duty_fk.
INSERT INTO directory_membershipduty AS k (membership_id, location_id, duty_id, by_payroll, by_manager, pay_rate, pay_unit,
       pay_currency, next_pay_rate, next_pay_unit, next_pay_currency, next_pay_on)
SELECT d.membership_id, d.location_id, %(kept)s, d.by_payroll, d.by_manager, d.pay_rate, d.pay_unit, d.pay_currency,
       d.next_pay_rate, d.next_pay_unit, d.next_pay_currency, d.next_pay_on
  FROM directory_membershipduty d JOIN directory_membership m ON m.id = d.membership_id
 WHERE m.organization_id = %(organization)s AND d.location_id = %(location)s AND d.duty_id = %(merged)s
    ON CONFLICT (membership_id, duty_id) DO UPDATE
   SET by_payroll = k.by_payroll OR excluded.by_payroll, by_manager = k.by_manager OR excluded.by_manager;
UPDATE directory_membershipduty k
   SET pay_rate = d.pay_rate, pay_unit = d.pay_unit, pay_currency = d.pay_currency, next_pay_rate = d.next_pay_rate,
       next_pay_unit = d.next_pay_unit, next_pay_currency = d.next_pay_currency, next_pay_on = d.next_pay_on
  FROM directory_membershipduty d JOIN directory_membership m ON m.id = d.membership_id
 WHERE m.organization_id = %(organization)s AND d.location_id = %(location)s AND d.duty_id = %(merged)s
   AND m.primary_duty_id = d.duty_id AND k.membership_id = d.membership_id AND k.duty_id = %(kept)s;
UPDATE directory_membership SET primary_duty_id = %(kept)s
 WHERE organization_id = %(organization)s AND location_id = %(location)s AND primary_duty_id = %(merged)s;
DELETE FROM directory_membershipduty d USING directory_membership m
 WHERE m.id = d.membership_id AND m.organization_id = %(organization)s AND d.location_id = %(location)s
   AND d.duty_id = %(merged)s;
