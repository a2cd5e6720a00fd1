"""What the roles may do with the tables the migrate role made: data only, and no rewriting of audit."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from schedulepop.postgres import row_security
from schedulepop.postgres.databases import role_of

APPEND_ONLY = ("accounts_auditentry",)


def grant(migrate_url: str, app_url: str, web_url: str = "") -> None:
    """After a migration: the policies of row level security, and the rights of the app's and the web's role.

    A role that is the migrate role itself has all rights already (then `doctor` warns). Without `web_url` no pages are
    served from here.
    """
    with psycopg.connect(migrate_url) as connection:
        owner = role_of(migrate_url)
        app, web = role_of(app_url), role_of(web_url) if web_url else None
        row_security.protect(connection, web if web not in (owner, app) else None)
        if app != owner:
            _grant_app(connection, sql.Identifier(app))
        for role in {app, web} - {owner, None}:
            for table in APPEND_ONLY:
                connection.execute(
                    sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(
                        sql.Identifier(table), sql.Identifier(str(role))
                    )
                )


def _grant_app(connection: psycopg.Connection[Any], role: sql.Identifier) -> None:
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}",
    ):
        connection.execute(sql.SQL(statement).format(role))
