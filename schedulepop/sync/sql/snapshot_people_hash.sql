-- Purpose: one hash over everybody of an organization as payroll's fields, duties, zones and links have them: whether
-- anything about anybody differs from the last run, whoever wrote it and however.
-- Relies on the indexes by organization of users, memberships and links, and on membership_duty_once and
-- membership_zone_once.
WITH m AS (SELECT * FROM directory_membership WHERE organization_id = %(organization)s)
SELECT encode(sha256(convert_to(concat_ws('/',
         (SELECT string_agg(ROW(id, first_name, last_name, email, confirmed_email, phone, local, merged_into_id)::text, ';'
                            ORDER BY id) FROM accounts_user WHERE organization_id = %(organization)s),
         (SELECT string_agg(m::text, ';' ORDER BY id) FROM m),
         (SELECT string_agg(d::text, ';' ORDER BY d.id) FROM m JOIN directory_membershipduty d ON d.membership_id = m.id),
         (SELECT string_agg(z::text, ';' ORDER BY z.id) FROM m JOIN directory_membershipzone z ON z.membership_id = m.id),
         (SELECT string_agg(l::text, ';' ORDER BY id) FROM sync_link l WHERE organization_id = %(organization)s)),
       'UTF8')), 'hex')
