-- Purpose: employments of people who were erased, past the organization's years: CMS asks for them no more. They are few. One
-- whose last day nobody knows counts from the day of the erasure, when it was over.
DELETE FROM sync_erasedemployment
 WHERE id IN (SELECT id FROM sync_erasedemployment
               WHERE organization_id = %(organization)s AND coalesce(ended_on, (kept_at AT TIME ZONE 'UTC')::date) < %(before)s::timestamptz::date
               LIMIT %(most)s)
