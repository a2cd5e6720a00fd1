-- Purpose: overrides and pins that were released, once the years of their organization are over since. They are few, and are
-- looked through once a day for everybody.
DELETE FROM sync_fieldoverride
 WHERE id IN (SELECT t.id FROM sync_fieldoverride t JOIN accounts_organization o ON o.id = t.organization_id
               WHERE t.released_at < %(at)s - make_interval(years => o.keep_history_years) LIMIT %(most)s)
