"""What each of the four database roles may do."""

import re

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from schedulepop.postgres import Urls, create_database, drop_database


@pytest.fixture
def database(urls: Urls):
    there = create_database(urls, "staff")
    with psycopg.connect(there.migrate) as migrate:
        migrate.execute("CREATE TABLE person (id bigserial PRIMARY KEY, name text)")
        migrate.execute("CREATE TABLE audit (what text)")
        migrate.execute("REVOKE UPDATE, DELETE ON audit FROM schedulepop_app")
        migrate.execute("CREATE FUNCTION two() RETURNS int LANGUAGE sql AS 'SELECT 2'")
    yield there
    drop_database(urls, "staff")


def test_app_reads_and_writes_rows(database: Urls) -> None:
    with psycopg.connect(database.app) as app:
        app.execute("INSERT INTO person (name) VALUES ('Ana'), ('Bo')")
        app.execute("UPDATE person SET name = 'Bea' WHERE name = 'Bo'")
        app.execute("DELETE FROM person WHERE name = 'Ana'")
        app.execute("CREATE TEMP TABLE staging (name text)")
        assert app.execute("SELECT name, two() FROM person").fetchall() == [("Bea", 2)]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "ALTER TABLE person ADD COLUMN more text",
        "DROP TABLE person",
        "TRUNCATE person",
        "UPDATE audit SET what = 'nothing'",
        "DELETE FROM audit",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "SET ROLE schedulepop_migrate",
        "COPY person TO PROGRAM 'cat'",
        "ALTER SYSTEM SET fsync = off",
    ],
)
def test_app_may_do_nothing_else(database: Urls, statement: str) -> None:
    with psycopg.connect(database.app, autocommit=True) as app, pytest.raises(errors.InsufficientPrivilege):
        app.execute(statement)


def test_roles_are_plain(urls: Urls) -> None:
    with psycopg.connect(urls.owner) as owner:
        found = owner.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles "
            "WHERE rolcanlogin ORDER BY rolname"
        ).fetchall()
    assert found == [
        ("schedulepop_app", False, True, False, False),
        ("schedulepop_migrate", False, True, False, True),
        ("schedulepop_owner", True, True, True, True),
        ("schedulepop_web", False, False, False, False),
    ]


def test_migrate_owns_the_database(urls: Urls) -> None:
    with psycopg.connect(urls.migrate) as migrate:
        assert migrate.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
        ).fetchone() == ("schedulepop_migrate",)


def test_a_wrong_password_is_refused(urls: Urls) -> None:
    for url in (urls.web, urls.app, urls.migrate, urls.owner):
        wrong = re.sub(r":[^:@]+@", ":wrong@", url)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)


def test_app_has_no_business_in_other_databases(urls: Urls) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(urls.database("postgres").app)


def test_a_clone_has_its_templates_tables_and_rights(urls: Urls, database: Urls) -> None:
    clone = create_database(urls, "staff_1", template="staff")
    try:
        with psycopg.connect(clone.app) as app:  # still connected when it is dropped
            app.execute("INSERT INTO person (name) VALUES ('Ana')")
            with pytest.raises(errors.InsufficientPrivilege):
                app.execute("UPDATE audit SET what = 'nothing'")
            drop_database(urls, "staff_1")
            app.close()
    finally:
        drop_database(urls, "staff_1")  # a second time does no harm


def test_no_network_and_what_is_acknowledged_is_on_disk(urls: Urls) -> None:
    expected = {
        "listen_addresses": "",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "server_encoding": "UTF8",
        "lc_messages": "C.UTF-8",
        "unix_socket_permissions": "0700",
    }
    with psycopg.connect(urls.app) as app:
        found = {name: app.execute(f"SHOW {name}").fetchone()[0] for name in expected}
    assert found == expected


def test_addresses_survive_the_environment_and_parsing(urls: Urls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "9")
    monkeypatch.setenv("PGHOST", "example.org")
    with psycopg.connect(**conninfo_to_dict(urls.app)) as app:
        assert app.execute("SELECT current_user, current_database()").fetchone() == (
            "schedulepop_app",
            "schedulepop",
        )
