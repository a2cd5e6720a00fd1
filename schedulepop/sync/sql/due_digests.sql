-- Purpose: organizations whose morning has come and whose digest of the day has not gone out: asked every minute. Each
-- has its minute of the hour, so that the letters of all do not come at once. `digest` decides. Relies on
-- integration_digest: who has been told of a day that is today, or is ahead, somewhere, is not looked at.
WITH clock AS MATERIALIZED (
  SELECT timezone, wall::time AS now, wall::date::text AS day
    FROM (SELECT DISTINCT timezone FROM accounts_organization) AS zone
   CROSS JOIN LATERAL (SELECT %(at)s AT TIME ZONE timezone AS wall) AS here
)
SELECT o.id
  FROM sync_integration keeper
  JOIN accounts_organization o ON o.id = keeper.organization_id
  JOIN clock ON clock.timezone = o.timezone
 WHERE keeper.state = ANY (%(states)s)
   AND coalesce(keeper.notice_log ->> %(notice)s, '') < (SELECT max(day) FROM clock)
   AND coalesce(keeper.notice_log ->> %(notice)s, '') < clock.day
   AND clock.now >= %(morning)s + make_interval(mins => (o.id %% %(spread)s)::integer)
   AND NOT EXISTS (
     SELECT FROM sync_integration older
      WHERE older.organization_id = keeper.organization_id AND older.id < keeper.id
        AND older.state = ANY (%(states)s)
   )
 ORDER BY o.id
