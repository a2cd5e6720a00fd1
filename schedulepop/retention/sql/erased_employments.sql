-- Purpose: employments of people who were erased, past the organization's years: CMS asks for them no more. They are few.
DELETE FROM sync_erasedemployment
 WHERE id IN (SELECT id FROM sync_erasedemployment
               WHERE organization_id = %(organization)s AND ended_on < %(before)s::timestamptz::date LIMIT %(most)s)
