"""What the app's database role may do with the tables the migrate role made: data only, and no rewriting of audit."""

from __future__ import annotations

import psycopg
from psycopg import sql

APPEND_ONLY = ("accounts_auditentry",)


def grant_app(migrate_url: str, app_role: str) -> None:
    """After a migration: data privileges for the app role, insert and read only on append-only tables.

    Does nothing when both URLs use one role (then `doctor` warns).
    """
    with psycopg.connect(migrate_url, autocommit=True) as connection:
        row = connection.execute("SELECT current_user").fetchone()
        if row is None or row[0] == app_role:
            return
        role = sql.Identifier(app_role)
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}",
        ):
            connection.execute(sql.SQL(statement).format(role))
        for table in APPEND_ONLY:
            connection.execute(
                sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), role)
            )
