"""The SQL that operations.md gives makes the roles it promises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from tests.house.documents import ROOT, Document

if TYPE_CHECKING:
    from tests.conftest import Clone


@pytest.fixture
def owner(clone: Clone) -> Iterator[psycopg.Connection]:
    """The server's administrator, who tidies up what the documents' SQL has made."""
    with psycopg.connect(clone.urls.owner, autocommit=True) as connection:
        row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        if not (row and row[0]):
            pytest.skip("making roles takes the server's administrator")
        yield connection


def test_four_roles_of_ones_own_database(owner: psycopg.Connection) -> None:
    name = f"docs_{owner.info.dbname}"
    (block,) = Document(ROOT / "docs/operations.md").blocks("sql")
    block = block.replace("schedulepop", name)
    migrate, app, web = (f"{name}_{role}" for role in ("migrate", "app", "web"))
    try:
        for statement in block.strip().split(";\n"):
            owner.execute(statement.encode())
        rights = owner.execute(
            """SELECT has_database_privilege(%(app)s, %(name)s, 'CONNECT'),
                      has_database_privilege(%(app)s, %(name)s, 'TEMP'),
                      has_database_privilege(%(app)s, %(name)s, 'CREATE'), d.datdba::regrole::text
                 FROM pg_database d WHERE d.datname = %(name)s""",
            {"app": app, "name": name},
        ).fetchone()
        assert rights == (True, True, False, migrate)
        plain = owner.execute(
            """SELECT bool_or(rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication),
                      array_agg(rolname::text ORDER BY rolname) FILTER (WHERE rolbypassrls)
                 FROM pg_roles WHERE rolname IN (%s, %s, %s)""",
            [migrate, app, web],
        ).fetchone()
        assert plain == (False, [app, migrate]), "row level security binds the web alone"
    finally:
        owner.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        for role in (migrate, app, web):
            owner.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
