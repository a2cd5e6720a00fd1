-- Purpose: how customers are, side by side, in one statement however many they are: counts, days and states. A Client
-- Success lead is told it of all of them and sees nobody's people, so no name but those of the vendor's own staff is in it.
-- Relies on run_waiting, run_newest, run_number, issue_open, grant_once and membership_list.

-- Whether this user is a Client Success lead: of the vendor's own organization, and not merged into another user.
CREATE OR REPLACE FUNCTION is_lead(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT FROM accounts_grant g
                   JOIN accounts_user u ON u.id = g.user_id AND u.organization_id = g.organization_id
                   JOIN accounts_organization o ON o.id = g.organization_id AND o.vendor
                  WHERE g.user_id = person AND g.role = 'client_success_lead' AND g.ended_at IS NULL
                    AND u.merged_into_id IS NULL)
$$;

-- One object a customer. `times`: of an integration whose data is older than a day, the source times of its last 30 runs,
-- from which `sync.integrations.schedule` tells whether that is unusual.
CREATE OR REPLACE FUNCTION customers_standing(wanted bigint[]) RETURNS SETOF jsonb
LANGUAGE sql STABLE AS $$
  WITH waits AS (
    SELECT integration_id, min(requested_at) AS since FROM sync_run
     WHERE organization_id = ANY (wanted) AND (state = 'held' OR rest = 'waiting') GROUP BY integration_id
  ), integrations AS (
    SELECT i.organization_id, jsonb_agg(jsonb_build_object(
             'slug', i.slug, 'name', i.name, 'state', i.state, 'ran', i.last_success_at, 'source', i.last_source_time,
             'failing_since', i.failing_since, 'active_since', i.notice_log ->> 'active_since',
             'uploaded', is_uploaded(i.connector, i.config),
             'on_hold_since', w.since, 'times', t.times) ORDER BY i.name) AS found
      FROM sync_integration i
      LEFT JOIN waits w ON w.integration_id = i.id
      LEFT JOIN LATERAL (
           SELECT jsonb_agg(source_time) AS times
             FROM (SELECT source_time FROM sync_run r
                    WHERE r.organization_id = i.organization_id AND r.integration_id = i.id AND r.source_time IS NOT NULL
                      AND r.undo_of_id IS NULL AND NOT r.preview AND r.trigger <> 'answer'
                    ORDER BY r.number DESC LIMIT 30) newest) t
        ON i.state = 'active' AND i.last_source_time < clock_timestamp() - interval '26 hours'
     WHERE i.organization_id = ANY (wanted) AND i.state <> 'retired'
     GROUP BY i.organization_id
  ), issues AS (
    SELECT organization_id, jsonb_object_agg(code, n) AS found
      FROM (SELECT organization_id, code, count(*) AS n FROM sync_issue
             WHERE organization_id = ANY (wanted) AND resolved_at IS NULL GROUP BY organization_id, code) counted
     GROUP BY organization_id
  ), staff AS (
    SELECT g.organization_id, jsonb_agg(jsonb_build_object('id', u.id, 'name', concat_ws(' ', nullif(u.first_name, ''),
             nullif(u.last_name, ''))) ORDER BY u.sort_name, u.id) AS found
      FROM accounts_grant g
      JOIN accounts_user u ON u.id = g.user_id
     WHERE g.organization_id = ANY (wanted) AND g.role = 'client_success' AND g.ended_at IS NULL
     GROUP BY g.organization_id
  )
  SELECT jsonb_build_object('id', o.id, 'name', o.name, 'slug', o.slug, 'timezone', o.timezone, 'added', o.created_at,
           'integrations', coalesce(i.found, '[]'), 'issues', coalesce(s.found, '{}'), 'staff', coalesce(f.found, '[]'))
    FROM accounts_organization o
    LEFT JOIN integrations i ON i.organization_id = o.id
    LEFT JOIN issues s ON s.organization_id = o.id
    LEFT JOIN staff f ON f.organization_id = o.id
   WHERE o.id = ANY (wanted) AND NOT o.vendor
$$;

-- How many people work there, and what came of the last nights: of each customer's newest 120 runs those since that day.
CREATE OR REPLACE FUNCTION customers_nights(wanted bigint[], since date, ended text[]) RETURNS SETOF jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', o.id,
           'people', (SELECT count(DISTINCT m.user_id) FROM directory_membership m
                       WHERE m.organization_id = o.id AND m.status <> ALL (ended)),
           'nights', (SELECT coalesce(jsonb_agg(jsonb_build_array(r.local_date, r.state, r.rest, r.doubted, r.id) ORDER BY r.id), '[]')
                        FROM (SELECT id, local_date, state, rest, trigger, preview, undo_of_id, holds <> '[]' AND decided_by = '' AS doubted
                                FROM sync_run
                               WHERE organization_id = o.id ORDER BY id DESC LIMIT 120) r
                       WHERE r.local_date >= since AND r.trigger NOT IN ('effective', 'answer') AND r.undo_of_id IS NULL
                         AND (NOT r.preview OR r.state IN ('applied', 'undone'))))
    FROM accounts_organization o
   WHERE o.id = ANY (wanted) AND NOT o.vendor
$$;

-- The same of every customer, for a lead and for nobody else.
CREATE OR REPLACE FUNCTION all_customers_standing(person bigint) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT customers_standing(ARRAY (SELECT id FROM accounts_organization WHERE NOT vendor AND is_lead(person)))
$$;

CREATE OR REPLACE FUNCTION all_customers_nights(person bigint, wanted bigint[], since date, ended text[])
RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT customers_nights(CASE WHEN is_lead(person) THEN wanted ELSE '{}' END, since, ended)
$$;

-- Whose they are that `installation_figures` counts as late, held and failing, and whose mail is stopped: of each kind the
-- longest ones, at most so many, with the number of all. For a lead, and nobody's people.
CREATE OR REPLACE FUNCTION all_customers_in_trouble(person bigint, most integer) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH found AS (
    SELECT 'late' AS kind, organization_id, name,
           greatest(last_success_at, (notice_log ->> 'active_since')::timestamptz) AS since
      FROM sync_integration
     WHERE state = 'active' AND NOT (connector = 'file' AND coalesce(config ->> 'path', '') = '')
       AND coalesce(greatest(last_success_at, (notice_log ->> 'active_since')::timestamptz), '-infinity')
           < clock_timestamp() - interval '26 hours'
     UNION ALL
    SELECT 'failing', organization_id, name, failing_since FROM sync_integration WHERE state = 'quarantined'
     UNION ALL
    SELECT 'held', i.organization_id, i.name, min(r.requested_at)
      FROM sync_run r JOIN sync_integration i ON i.id = r.integration_id
     WHERE r.state = 'held' OR r.rest = 'waiting' GROUP BY i.id
     UNION ALL
    SELECT 'stopped', organization_id, '', at FROM outbox_mailstop WHERE ended_at IS NULL AND organization_id IS NOT NULL
  ), ranked AS (
    SELECT *, count(*) OVER (PARTITION BY kind) AS total,
           row_number() OVER (PARTITION BY kind ORDER BY since NULLS FIRST, organization_id, name) AS place
      FROM found
     WHERE is_lead(person)
  )
  SELECT jsonb_build_object('kind', r.kind, 'total', r.total, 'slug', o.slug, 'organization', o.name, 'integration', r.name,
           'since', r.since)
    FROM ranked r JOIN accounts_organization o ON o.id = r.organization_id
   WHERE r.place <= most ORDER BY r.kind, r.place
$$;

-- What a lead's transaction is about while customers are assigned: their own organization, the customers named, and all
-- that these colleagues look after, so that nobody's sign-in is judged by a part of their grants. Nothing for anybody else.
CREATE OR REPLACE FUNCTION organizations_of_assigning(person bigint, colleagues bigint[], wanted bigint[])
RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT array_agg(id) FROM accounts_organization
   WHERE is_lead(person)
     AND (id = ANY (wanted)
          OR id = ANY (organizations_of_users(person || ARRAY (
               SELECT u.id FROM accounts_user u
                 JOIN accounts_user mine ON mine.id = person AND mine.organization_id = u.organization_id
                WHERE u.id = ANY (colleagues)))))
$$;

-- The short names in use that are this stem, or it with a number: they are unique in the whole installation.
CREATE OR REPLACE FUNCTION slugs_like(stem text) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT slug FROM accounts_organization WHERE slug ~>=~ stem AND slug ~<~ (stem || '~')
$$;
