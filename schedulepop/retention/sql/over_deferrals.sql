-- Purpose: people who were kept apart and are no more, once the years of their organization are over since. They are few, and are
-- looked through once a day for everybody.
DELETE FROM sync_deferral
 WHERE id IN (SELECT t.id FROM sync_deferral t JOIN accounts_organization o ON o.id = t.organization_id
               WHERE t.ended_at < %(at)s - make_interval(years => o.keep_history_years) LIMIT %(most)s)
