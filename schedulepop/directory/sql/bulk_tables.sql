-- Purpose: the staging tables of one plan, filled by COPY; they end with the transaction.
-- bulk_new: memberships to make, with their user where `makes_user`. bulk_known: memberships that exist.
-- bulk_own: people who exist, whose own values change. bulk_extra: payroll's further duties and zones. bulk_field: old and new of every field, in words.
-- `fields` names what may be written; null means all of it. No index: every statement reads them whole.
CREATE TEMP TABLE bulk_new (
  change_no int, verb text, source_id text, user_id bigint, membership_id bigint, from_membership_id bigint,
  location_id bigint, what text, first_name text, last_name text, email text, phone text, employee_number text,
  status text, hire_date date, original_hire_date date, termination_date date, ends_on date, leave_end date, cms_code smallint,
  duty_id bigint, zone_id bigint, pay_rate bigint, pay_unit text, pay_currency text, next_pay_rate bigint,
  next_pay_unit text, next_pay_currency text, next_pay_on date, primary_location boolean, welcome boolean,
  newcomer boolean, makes_user boolean, username text, sort_name text
) ON COMMIT DROP;
CREATE TEMP TABLE bulk_known (
  change_no int, verb text, source_id text, user_id bigint, membership_id bigint, from_membership_id bigint,
  location_id bigint, what text, employee_number text,
  status text, hire_date date, original_hire_date date, termination_date date, ends_on date, leave_end date, cms_code smallint,
  duty_id bigint, zone_id bigint, pay_rate bigint, pay_unit text, pay_currency text, next_pay_rate bigint,
  next_pay_unit text, next_pay_currency text, next_pay_on date, primary_location boolean, welcome boolean,
  fields text[]
) ON COMMIT DROP;
CREATE TEMP TABLE bulk_own (
  change_no int, user_id bigint, first_name text, last_name text, sort_name text, email text, phone text,
  fields text[]
) ON COMMIT DROP;
CREATE TEMP TABLE bulk_extra (
  membership_id bigint, location_id bigint, kind text, part_id bigint, gone boolean, pay_rate bigint, pay_unit text,
  pay_currency text, next_pay_rate bigint, next_pay_unit text, next_pay_currency text, next_pay_on date
) ON COMMIT DROP;
CREATE TEMP TABLE bulk_field (
  change_no int, place int, field text, old text, new text, why text
) ON COMMIT DROP;
