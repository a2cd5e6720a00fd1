"""Row level security, the second wall: which tables belong to an organization, what binds the web's role (ADR 0013).

A table of an organization needs one line in TENANT_TABLES, any other one in SHARED_TABLES with its reason; a table in
neither is closed to the web. Everything here is made anew after each migration, so that no migration has to repeat it.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from schedulepop.lib.sql import load

SETTING = "schedulepop.organizations"
"""Where a transaction says whose rows it is about: ids as an array of PostgreSQL (`{3,7}`)."""

OWN = "organization_id"
TENANT_TABLES: dict[str, str | tuple[str, str]] = {
    "accounts_organization": "id",
    "accounts_user": OWN,
    "accounts_grant": OWN,
    "accounts_invitation": ("user_id", "accounts_user"),
    "accounts_secondfactor": ("user_id", "accounts_user"),
    "accounts_auditentry": OWN,
    "outbox_message": OWN,
    "outbox_mailstop": OWN,
    "directory_location": OWN,
    "directory_locationcode": OWN,
    "directory_duty": OWN,
    "directory_zone": OWN,
    "directory_dutycode": ("location_id", "directory_location"),
    "directory_zonecode": ("location_id", "directory_location"),
    "directory_membership": OWN,
    "directory_membershipduty": ("location_id", "directory_location"),
    "directory_membershipzone": ("location_id", "directory_location"),
    "directory_employmentperiod": ("membership_id", "directory_membership"),
    "sync_integration": OWN,
    "sync_integrationsecret": OWN,
    "sync_fetch": OWN,
    "sync_dropaddress": OWN,
    "sync_arrival": OWN,
    "sync_mappingversion": ("integration_id", "sync_integration"),
    "sync_rawfeed": OWN,
    "sync_run": OWN,
    "sync_change": OWN,
    "sync_fingerprints": ("integration_id", "sync_integration"),
    "sync_answer": OWN,
    "sync_deferral": OWN,
    "sync_idchange": OWN,
    "sync_fieldoverride": OWN,
    "sync_merge": OWN,
    "sync_distinctpair": OWN,
    "sync_partmerge": OWN,
    "sync_issue": OWN,
    "sync_link": OWN,
    "sync_missinglink": ("integration_id", "sync_integration"),
    "sync_erasure": OWN,
    "sync_tombstone": OWN,
    "sync_erasedemployment": OWN,
    "sync_touched": ("link_id", "sync_link"),
}
"""Table → the column that names the organization, or (column, parent): the row is whose its parent's is.

A parent that one statement makes together with the row is not seen by the policy yet: name an older one.
"""

SHARED_TABLES: dict[str, tuple[str, str]] = {
    "django_session": (
        "SELECT, INSERT, UPDATE, DELETE",
        "found by its secret key, before anybody knows whose it is",
    ),
    "accounts_signinfailure": (
        "SELECT, INSERT, UPDATE, DELETE",
        "keyed hashes of what was typed by nobody known yet",
    ),
    "accounts_passwordrequest": (
        "SELECT (id), INSERT",
        "what was typed by nobody known yet, sealed; the worker's to read",
    ),
    "sync_credential": (
        "SELECT, INSERT, UPDATE",
        "keyed hashes of accounts at platforms, which may serve several organizations; times, and nothing of theirs",
    ),
    "accounts_storedsize": ("", "how much of each kind there was on a day; told by installation_figures"),
    "outbox_mailoutage": ("SELECT", "since when the mail server has not answered; nobody's"),
    "procrastinate_jobs": (
        "SELECT, INSERT, UPDATE",
        "a job's arguments are ids of runs and integrations; the worker's, of everybody",
    ),
    "procrastinate_events": ("SELECT, INSERT", "when a job changed its state"),
    "procrastinate_periodic_defers": ("", "the worker's clock"),
    "procrastinate_workers": ("", "the worker's heartbeats"),
    "django_migrations": ("SELECT", "the schema's version"),
    "django_content_type": ("", "Django's, names of models"),
    "auth_permission": ("", "Django's, not used"),
    "auth_group": ("", "Django's, not used"),
    "auth_group_permissions": ("", "Django's, not used"),
}
"""Table → what the web may do with it, and why no organization stands in it."""

_VENDOR_STAFF = (
    "id = ANY (ARRAY (SELECT user_id FROM accounts_grant WHERE role = 'client_success' AND ended_at IS NULL))"
)
"""Who is assigned to an organization is seen there, though a user of the vendor: whom to ask, and whom to write to. An
array, so that the primary key can be used beside the organization's index."""
_OF_ALL = "organization_id IS NULL"
"""A stop of the whole installation's mail belongs to no organization."""
_BY_VENDOR = (
    f"{_OF_ALL} AND EXISTS (SELECT FROM accounts_organization o WHERE o.vendor AND "
    "o.id = ANY ((SELECT visited_organizations())::bigint[]))"
)
"""Everybody is told of it; only a transaction about the vendor, which is a visit of its own staff, may write it."""


_DOORS = (
    "organizations_of_users",
    "organizations_of_login",
    "organizations_of_link",
    "organizations_of_drop",
    "organizations_of_letter",
    "organizations_of_demo",
    "is_all_demo",
    "next_generation",
    "usernames_like",
    "slugs_like",
    "is_lead",
    "all_customers_standing",
    "all_customers_nights",
    "all_customers_in_trouble",
    "organizations_of_assigning",
    "seconds_since_worker_beat",
    "installation_figures",
    "stored_sizes",
)
_WORKERS = ("expire_audit", "erase_audit", "erase_word_in_audit")
"""Functions that run as the owner and that the web may not call."""


def protect(connection: psycopg.Connection[Any], web_role: str | None) -> None:
    """After a migration: policies on every table of an organization, and the web's rights, which are nothing else.

    `web_role` None: no pages are served from here, so nobody is given anything.
    """
    connection.execute("SET LOCAL client_min_messages = error")
    for file in ("row_security", "uploads", "installation_figures", "customers", "retention"):
        connection.execute(load("schedulepop.postgres", file))
    for table, owner in TENANT_TABLES.items():
        name = sql.Identifier(table)
        for level in ("ENABLE", "FORCE"):
            connection.execute(sql.SQL("ALTER TABLE {} {} ROW LEVEL SECURITY").format(name, sql.SQL(level)))
        _make_policy(
            connection,
            table,
            "of_its_organization",
            f"USING ({(own := _condition(table, owner))}) WITH CHECK ({own})",
        )
    _make_policy(connection, "accounts_user", "vendor_staff", f"FOR SELECT USING ({_VENDOR_STAFF})")
    _make_policy(connection, "accounts_organization", "vendor", "FOR SELECT USING (vendor)")
    _make_policy(connection, "outbox_mailstop", "of_all_seen", f"FOR SELECT USING ({_OF_ALL})")
    _make_policy(
        connection, "outbox_mailstop", "of_all_written", f"USING ({_BY_VENDOR}) WITH CHECK ({_BY_VENDOR})"
    )
    for door in (*_DOORS, *_WORKERS):
        connection.execute(sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC").format(sql.Identifier(door)))
    if web_role is not None:
        _grant_web(connection, sql.Identifier(web_role))


def unprotected(cursor: Any) -> list[str]:
    """The tables of an organization that no forced policy guards: none, once the last migration was finished."""
    cursor.execute(
        """SELECT name FROM unnest(%s::text[]) name
            WHERE NOT EXISTS (SELECT FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
                               WHERE c.oid = to_regclass(name) AND c.relrowsecurity AND c.relforcerowsecurity)""",
        [list(TENANT_TABLES)],
    )
    return [name for (name,) in cursor.fetchall()]


def missing_doors(cursor: Any) -> list[str]:
    """The functions the web relies on that are not there: none, once the last migration was finished."""
    cursor.execute(
        "SELECT name FROM unnest(%s::text[]) name WHERE NOT EXISTS (SELECT FROM pg_proc WHERE proname = name)",
        [list(_DOORS)],
    )
    return [name for (name,) in cursor.fetchall()]


def passes(cursor: Any) -> bool:
    """Whether row level security does not bind the role of this connection."""
    cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    return bool(cursor.fetchone()[0])


def reason_against_serving(cursor: Any) -> str:
    """Why no page may be served over this connection, and what to do; "": it may."""
    cursor.execute(
        """SELECT current_user, EXISTS (SELECT FROM pg_class
            WHERE oid = ANY (SELECT to_regclass(name) FROM unnest(%s::text[]) name)
              AND pg_has_role(relowner, 'MEMBER'))""",
        [list(TENANT_TABLES)],
    )
    role, owns = cursor.fetchone()
    what = "passes row level security" if passes(cursor) else "owns the tables" if owns else ""
    if what:
        return (
            f"The pages would be served as {role}, who {what}: one page's fault could show another customer's people. "
            "Make a role for the web (docs/operations.md, The database) and set DATABASE_WEB_URL to its address."
        )
    if bare := unprotected(cursor):
        return f"Row level security is not in force on {', '.join(bare)}. Run `schedulepop migrate`."
    return ""


def _condition(table: str, owner: str | tuple[str, str]) -> str:
    """What a row has to fulfil. The sub-select around the setting is evaluated once per statement, not per row."""
    if isinstance(owner, str):
        return f"{owner} = ANY ((SELECT visited_organizations())::bigint[])"
    column, parent = owner
    return f"EXISTS (SELECT FROM {parent} parent WHERE parent.id = {table}.{column})"


def _make_policy(connection: psycopg.Connection[Any], table: str, name: str, rule: str) -> None:
    names = {"name": sql.Identifier(name), "table": sql.Identifier(table)}
    connection.execute(sql.SQL("DROP POLICY IF EXISTS {name} ON {table}").format(**names))
    connection.execute(sql.SQL("CREATE POLICY {name} ON {table} {rule}").format(**names, rule=sql.SQL(rule)))


def _grant_web(connection: psycopg.Connection[Any], role: sql.Identifier) -> None:
    """Rows of tables that are protected, and of shared ones what their line says; of any other table nothing."""
    rights = dict.fromkeys(TENANT_TABLES, "SELECT, INSERT, UPDATE, DELETE")
    rights |= {table: what for table, (what, _) in SHARED_TABLES.items()}
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
    connection.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(role))
    for table, what in rights.items():
        if what:
            connection.execute(
                sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(what), sql.Identifier(table), role)
            )
    connection.execute(sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role))
    connection.execute(sql.SQL("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}").format(role))
    for name in _WORKERS:
        connection.execute(
            sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM {}").format(sql.Identifier(name), role)
        )
