"""More databases on the same server: for tests, which clone a template, and for trying a restore."""

import getpass

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from schedulepop.postgres.urls import Urls


def create_database(urls: Urls, name: str, template: str | None = None) -> Urls:
    """Create a database owned by the migrate role and return its addresses.

    Empty, it gets the rights of the app role on whatever migrations make later; cloned from a template
    (nobody may be connected to that one), it has the template's.
    """
    app, web = (sql.Identifier(role_of(url)) for url in (urls.app, urls.web))
    database = sql.Identifier(name)
    made = sql.SQL("CREATE DATABASE {}").format(database)
    if template is not None:
        # Copying the files is quicker than logging every page, and tests clone often.
        made += sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template))
    with psycopg.connect(urls.database("postgres").migrate, autocommit=True) as migrate:
        migrate.execute(made)
        migrate.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        migrate.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}, {}").format(database, app, web)
        )
    there = urls.database(name)
    if template is None:
        _grant_rows_to_app(there, app)
    return there


def role_of(url: str) -> str:
    """The role that an address signs in as."""
    return str(conninfo_to_dict(url).get("user") or getpass.getuser())


def drop_database(urls: Urls, name: str) -> None:
    """Drop a database, whoever is still connected to it; nothing happens if there is none."""
    with psycopg.connect(urls.database("postgres").migrate, autocommit=True) as migrate:
        migrate.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _grant_rows_to_app(urls: Urls, app: sql.Identifier) -> None:
    """Let the app role read and write the rows of tables to come, and make none itself."""
    with psycopg.connect(urls.migrate) as migrate:
        migrate.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        migrate.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(app))
        for rights in (
            "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES",
            "GRANT USAGE ON SEQUENCES",
            "GRANT EXECUTE ON FUNCTIONS",
        ):
            migrate.execute(sql.SQL("ALTER DEFAULT PRIVILEGES {} TO {}").format(sql.SQL(rights), app))
        migrate.execute("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
