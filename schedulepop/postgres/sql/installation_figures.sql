-- Purpose: how the whole installation is, as counts and ages: what the web may know of everybody, and no row of anybody
-- (ADR 0020). Run as the schema's owner, who passes row level security. Relies on run_waiting, run_lately, message_waiting,
-- message_stuck and mail_stop_once, and on few jobs waiting beside those that are looked at.

-- The seconds since any worker's heart beat, by the database's clock; NULL: no worker has ever been here, or all have left.
CREATE OR REPLACE FUNCTION seconds_since_worker_beat() RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT extract(epoch FROM clock_timestamp() - max(last_heartbeat)) FROM procrastinate_workers
$$;

-- What is stored of each kind: bytes with indexes, and rows as the server's statistics estimate them. Nothing is counted, so
-- it costs the same however much there is. Of runs what is stored apart from the row is their plans.
CREATE OR REPLACE FUNCTION stored_sizes() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH kinds (kind, name) AS (VALUES
    ('people', 'accounts_user'), ('people', 'directory_membership'), ('people', 'directory_membershipduty'),
    ('people', 'directory_membershipzone'), ('people', 'sync_link'), ('files', 'sync_rawfeed'),
    ('history', 'sync_change'), ('history', 'sync_run'), ('audit', 'accounts_auditentry'), ('issues', 'sync_issue'),
    ('jobs', 'procrastinate_jobs'), ('jobs', 'procrastinate_events'), ('letters', 'outbox_message')
  ), apart AS (
    SELECT pg_total_relation_size(reltoastrelid) AS bytes FROM pg_class WHERE oid = 'public.sync_run'::regclass
  ), found AS (
    SELECT kind, sum(pg_total_relation_size(c.oid) - CASE WHEN name = 'sync_run' THEN apart.bytes ELSE 0 END) AS bytes,
           sum(greatest(c.reltuples, 0)) AS rows
      FROM kinds JOIN pg_class c ON c.oid = ('public.' || name)::regclass CROSS JOIN apart GROUP BY kind
     UNION ALL
    SELECT 'plans', apart.bytes, (SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = 'public.run_with_plan'::regclass)
      FROM apart
  )
  SELECT jsonb_object_agg(kind, jsonb_build_object('bytes', bytes::bigint, 'rows', rows::bigint)) FROM found
$$;

-- An active integration is late as in `sync.integrations.schedule.freshness`: 26 hours since its last success, or since its
-- activation where that is newer; one that is only uploaded never is. A queue's oldest job is the first one made that may
-- start by now. A letter waits when `messages.outbox` would send it now; where mail is stopped, its reader has no address, or its
-- day has not come, it is counted apart. Letters that failed, or may have, count for a week, as in `messages.undelivered`. A
-- job is dead when it broke off with its worker, as in job_remove_dead: the next sweep has to take it away.
CREATE OR REPLACE FUNCTION installation_figures() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  WITH waiting AS (
    SELECT queue_name, count(*) AS jobs, min(id) AS oldest
      FROM procrastinate_jobs
     WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= clock_timestamp())
     GROUP BY queue_name
  ), queues AS (
    SELECT w.queue_name, w.jobs,
           greatest(0, extract(epoch FROM clock_timestamp() - coalesce(j.scheduled_at, made.at))) AS seconds
      FROM waiting w
      JOIN procrastinate_jobs j ON j.id = w.oldest
      LEFT JOIN LATERAL (SELECT min(e.at) AS at FROM procrastinate_events e
                          WHERE e.job_id = j.id AND e.type = 'deferred') made ON true
  ), runs AS (
    SELECT state, count(*) AS runs FROM sync_run
     WHERE requested_at > clock_timestamp() - interval '24 hours' GROUP BY state
  ), integrations AS (
    SELECT count(*) FILTER (WHERE state = 'active') AS active,
           count(*) FILTER (WHERE state = 'paused') AS paused,
           count(*) FILTER (WHERE state = 'quarantined') AS failing,
           count(*) FILTER (WHERE state = 'active'
             AND NOT is_uploaded(connector, config)
             AND coalesce(greatest(last_success_at, (notice_log ->> 'active_since')::timestamptz), '-infinity')
                 < clock_timestamp() - interval '26 hours') AS late
      FROM sync_integration
  ), unsent AS (
    SELECT m.state, greatest(m.created_at, m.not_before) AS since,
           m.not_before > clock_timestamp() AS later,
           m.kind <> 'moved_address' AND u.email = '' AS unreachable,
           m.state = 'queued' AND EXISTS (SELECT FROM outbox_mailstop s
                   WHERE s.ended_at IS NULL AND (s.organization_id IS NULL OR s.organization_id = m.organization_id)) AS stopped
      FROM outbox_message m JOIN accounts_user u ON u.id = m.user_id
     WHERE m.state IN ('queued', 'sending')
  ), letters AS (
    SELECT CASE WHEN state = 'sending' THEN 'sending' WHEN unreachable THEN 'without_address'
                WHEN stopped THEN 'stopped' WHEN later THEN 'later' ELSE 'waiting' END AS state, count(*) AS letters,
           max(extract(epoch FROM clock_timestamp() - since)) AS seconds
      FROM unsent GROUP BY 1
     UNION ALL
    SELECT state, count(*), NULL FROM outbox_message
     WHERE state IN ('failed', 'unknown') AND created_at > clock_timestamp() - interval '7 days' AND cause <> 'too_old'
     GROUP BY state
  )
  SELECT jsonb_build_object(
    'queues', (SELECT coalesce(jsonb_object_agg(queue_name,
                        jsonb_build_object('jobs', jobs, 'oldest_seconds', seconds)), '{}') FROM queues),
    'runs', (SELECT coalesce(jsonb_object_agg(state, runs), '{}') FROM runs),
    'integrations', (SELECT to_jsonb(integrations) FROM integrations) || jsonb_build_object('held',
      (SELECT count(DISTINCT integration_id) FROM sync_run WHERE state = 'held' OR rest = 'waiting')),
    'mail', jsonb_build_object(
      'letters', (SELECT coalesce(jsonb_object_agg(state, letters), '{}') FROM letters),
      'oldest_seconds', (SELECT coalesce(max(seconds), 0) FROM letters WHERE state IN ('waiting', 'sending')),
      'away_seconds', (SELECT extract(epoch FROM clock_timestamp() - since) FROM outbox_mailoutage WHERE NOT over),
      'stops', (SELECT jsonb_build_object('everybody', count(*) FILTER (WHERE organization_id IS NULL),
                                          'organization', count(organization_id))
                  FROM outbox_mailstop WHERE ended_at IS NULL)),
    'dead_jobs', (SELECT count(*) FROM procrastinate_jobs j
                   WHERE j.status IN ('failed', 'aborted')
                      OR j.status = 'doing' AND NOT EXISTS (SELECT FROM procrastinate_workers w
                           WHERE w.id = j.worker_id AND w.last_heartbeat > clock_timestamp() - interval '30 seconds')),
    'fetches', (SELECT count(*) FROM sync_fetch WHERE leased_until > clock_timestamp()),
    'worker_beat_seconds', seconds_since_worker_beat(),
    'sizes', stored_sizes(),
    'sizes_before', (SELECT jsonb_build_object('days', current_date - day, 'kinds', kinds) FROM accounts_storedsize
                      WHERE day < current_date ORDER BY day > current_date - 7, abs(current_date - 7 - day) LIMIT 1),
    'database_bytes', pg_database_size(current_database()))
$$;
