-- Purpose: integrations whose scheduled run of the day may begin, be tried again, or be given up: asked every minute.
-- By the wall clock of the organization: an hour that comes twice counts the first time, one that is left out as late as
-- the clock jumps, as `schedule.due_at` has it. Clocks are read once a zone, not once a row, and on a day of 24 hours
-- the wall clock alone says what is due. Relies on run_one_a_day, whose local day comes first.
WITH clock AS MATERIALIZED (
  SELECT timezone, wall, wall::date AS day,
         (wall::date + 1)::timestamp AT TIME ZONE timezone - wall::date::timestamp AT TIME ZONE timezone = '24 hours'
           AS steady
    FROM (SELECT DISTINCT timezone FROM accounts_organization) AS zone
   CROSS JOIN LATERAL (SELECT %(at)s AT TIME ZONE timezone AS wall) AS here
), ran AS (
  SELECT r.integration_id, r.organization_id, r.local_date, r.state, r.error_code, r.attempt, r.finished_at
    FROM sync_run r
   WHERE r.trigger = 'schedule' AND r.local_date = ANY (ARRAY (SELECT DISTINCT day FROM clock))
)
SELECT i.id
  FROM sync_integration i
  JOIN accounts_organization o ON o.id = i.organization_id
  JOIN clock ON clock.timezone = o.timezone
 CROSS JOIN LATERAL (
   SELECT clock.day + (i.schedule_at + make_interval(mins => (i.id * %(stride)s %% %(spread)s)::integer)) AS start
 ) s
  LEFT JOIN ran r
    ON r.integration_id = i.id AND r.organization_id = i.organization_id AND r.local_date = clock.day
  LEFT JOIN sync_fetch f ON f.integration_id = i.id AND f.organization_id = i.organization_id
 WHERE i.state IN ('active', 'quarantined')
   AND NOT is_uploaded(i.connector, i.config)
   AND CASE
         WHEN i.state = 'quarantined' AND i.failing_since < %(given_up_before)s THEN true
         WHEN r.state IS NULL AND clock.steady THEN clock.wall >= s.start
         WHEN r.state IS NULL THEN
           %(at)s >= coalesce(
             (
               SELECT min(t.moment)
                 FROM (
                   SELECT (s.start AT TIME ZONE o.timezone) - earlier AS moment
                     FROM unnest('{0 minutes, 30 minutes, 60 minutes}'::interval[]) AS earlier
                 ) AS t
                WHERE t.moment AT TIME ZONE o.timezone = s.start
             ),
             s.start AT TIME ZONE o.timezone
           )
         WHEN r.state <> 'failed' THEN false
         WHEN r.error_code = %(busy)s THEN r.attempt < %(busy_attempts)s
         ELSE EXISTS (
           SELECT
             FROM (SELECT f.retry_at UNION ALL SELECT i.failing_since + unnest(%(retry_after)s::interval[])) AS t (moment)
            WHERE t.moment > r.finished_at AND t.moment <= %(at)s
         )
       END
 ORDER BY i.id
