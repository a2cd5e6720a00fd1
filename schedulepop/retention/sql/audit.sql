-- Purpose: entries of the audit trail past the organization's years. The app may not delete there; what does it is the
-- owner's function, which takes nothing younger than three years by the database's own clock.
SELECT expire_audit(%(organization)s::bigint, %(before)s::timestamptz, %(most)s::integer)
