-- Purpose: what the policies ask, and the doors through which the web learns which organizations a visitor belongs to
-- before it has told the database any (ADR 0013). A door answers ids of organizations, and no row of anybody.
-- They run as the schema's owner, who passes row level security; the search path is pinned, so nobody can slip a table in.

-- The organizations of this transaction; NULL, which equals nothing, where none were told.
CREATE OR REPLACE FUNCTION visited_organizations() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(current_setting('schedulepop.organizations', true), '')::bigint[]
$$;

-- Their own, and for vendor staff those assigned to them. Relies on user_org_id and grant_once.
CREATE OR REPLACE FUNCTION organizations_of_users(people bigint[]) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT array_agg(organization_id)
    FROM (SELECT organization_id FROM accounts_user WHERE id = ANY (people)
           UNION
          SELECT g.organization_id
            FROM accounts_grant g
            JOIN accounts_user u ON u.id = g.user_id
            JOIN accounts_organization o ON o.id = u.organization_id
           WHERE g.user_id = ANY (people) AND g.role = 'client_success' AND g.ended_at IS NULL AND o.vendor) found
$$;

-- Of whoever signs in by this name or this confirmed address. Relies on the unique username and user_by_confirmed.
CREATE OR REPLACE FUNCTION organizations_of_login(login text) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT organizations_of_users(ARRAY (
    SELECT id FROM accounts_user WHERE username = login
     UNION
    SELECT id FROM accounts_user WHERE lower(confirmed_email) = login AND confirmed_email <> ''))
$$;

-- Of whom a link was made for. Relies on the unique token_hash.
CREATE OR REPLACE FUNCTION organizations_of_link(hash text) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT organizations_of_users(ARRAY (SELECT user_id FROM accounts_invitation WHERE token_hash = hash))
$$;

-- Of a drop address, whoever has its token: that is checked afterwards. Relies on the unique code.
CREATE OR REPLACE FUNCTION organizations_of_drop(wanted text) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT array_agg(organization_id) FROM sync_dropaddress WHERE code = wanted AND revoked_at IS NULL
$$;

-- Of a letter a mail service tells something about: its reader's, and the one it is about. Who tells it was checked before.
CREATE OR REPLACE FUNCTION organizations_of_letter(number bigint) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT array_append(organizations_of_users(ARRAY[user_id]), organization_id) FROM outbox_message WHERE id = number
$$;

-- The demo's: asked for the people one can be there.
CREATE OR REPLACE FUNCTION organizations_of_demo() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT array_agg(id) FROM accounts_organization WHERE demo
$$;

-- Whether every organization is the demo's; NULL where there is none.
CREATE OR REPLACE FUNCTION is_all_demo() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT bool_and(demo) FROM accounts_organization
$$;

-- The number of somebody's next message of a kind, and the turn to queue it, until the transaction ends. A notice belongs to
-- the organization it is about, and vendor staff get those of all of theirs: the web sees only some of them.
CREATE OR REPLACE FUNCTION next_generation(person bigint, message_kind text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('schedulepop.messages', person));
  RETURN (SELECT coalesce(max(generation), 0) + 1 FROM outbox_message WHERE user_id = person AND kind = message_kind);
END $$;

-- The usernames in use that are one of these stems, or one with a number: they are unique in the whole installation.
-- Relies on accounts_user's pattern index on username (the operators compare by byte, whatever the collation).
CREATE OR REPLACE FUNCTION usernames_like(stems text[]) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT u.username
    FROM unnest(stems) AS wanted (stem)
   CROSS JOIN LATERAL (
         SELECT username FROM accounts_user
          WHERE username ~>=~ wanted.stem AND username ~<~ (wanted.stem || ':')) u
   WHERE ltrim(substr(u.username, length(wanted.stem) + 1), '0123456789') = ''
$$;
