-- Purpose: link new people to the records they were made from. A clash means that somebody else linked meanwhile:
-- it fails the transaction, so nobody is doubled.
-- Relies on link_id_once and link_user_once.
INSERT INTO sync_link (organization_id, integration_id, source_id, user_id, created_at, short_accepted)
SELECT %(organization)s, %(integration)s, source_id, user_id, %(now)s, false FROM bulk_new WHERE makes_user
