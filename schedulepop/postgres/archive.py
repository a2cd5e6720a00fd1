"""Backups: one file by PostgreSQL's own pg_dump, of one moment; put back in one step or not at all.

While a backup is put back, what was there before waits in a schema of its own. It is dropped when everything is in
place; after a failure, or a kill, the next one to ask puts it back.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from schedulepop.postgres.binaries import program
from schedulepop.postgres.errors import ServerError

BEFORE = "schedulepop_before_restore"
_SPACE = 0x5352  # keeps our advisory lock apart from others in the same database
_DONE = "schedulepop_restored"  # the name of what was there before, once everything is in place


def dump(url: str, target: Path) -> None:
    """Write the database into a file only its owner can read. It gets its name when it is whole."""
    draft = target.with_name(f".{target.name}.draft")
    draft.unlink(missing_ok=True)
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={draft}")
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)


def migrations(url: str, archive: Path) -> set[tuple[str, str]]:
    """The migrations (app, name) a backup has. Raises ServerError when the file is no whole backup of ours."""
    told = _run(
        "pg_restore", url, "--data-only", "--table=django_migrations", "--file=-", str(archive), joins=False
    )
    lines = told.split("FROM stdin;\n", 1)[-1].split("\n\\.\n", 1)[0].splitlines()
    found = {(part[1], part[2]) for line in lines if len(part := line.split("\t")) == 4}
    if not found:
        raise ServerError(f"{archive} is a database's backup, but not one of SchedulePop.")
    return found


def others(url: str) -> int:
    """How many sessions besides ours are connected to the database."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND usesysid IS NOT NULL"  # of another role's session little more than that is shown
        ).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def restored(url: str, archive: Path) -> Iterator[None]:
    """The backup in the place of what is there, for the block: when it ends well that stays, else nothing has changed.

    What has to be true of a restored database (its migrations, its letters) is done in the block: a kill there takes
    everything back as well.
    """
    with _alone(url) as connection:
        _put_back(connection)
        with connection.transaction():
            _rename(connection, "public", BEFORE)
            connection.execute("CREATE SCHEMA public")
        try:
            with _list(url, archive) as wanted:
                whole = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
                _run("pg_restore", url, *whole, f"--use-list={wanted}", str(archive))
            yield
        except BaseException:
            _put_back(connection)
            raise
        _rename(connection, BEFORE, _DONE)
        _put_back(connection)


def is_between(cursor: Any) -> bool:
    """Whether a restore is under way here, or was killed."""
    cursor.execute("SELECT FROM pg_namespace WHERE nspname IN (%s, %s)", [BEFORE, _DONE])
    return cursor.fetchone() is not None


def put_back(url: str) -> bool:
    """After a restore that was killed: what was there before is there again; after a whole one it goes.

    Returns whether there was anything to do. Raises ServerError while a restore is under way.
    """
    with _alone(url) as connection:
        return _put_back(connection)


@contextmanager
def _alone(url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SELECT pg_try_advisory_lock(%s, 0)", [_SPACE]).fetchone()
        if not (row and row[0]):
            raise ServerError("A backup is being put back into this database. Wait until that is done.")
        yield connection


def _put_back(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    there = {
        row[0]
        for row in connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname IN (%s, %s)", [BEFORE, _DONE]
        )
    }
    with connection.transaction():
        connection.execute("SET LOCAL client_min_messages = error")
        if _DONE in there:
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(_DONE)))
        if BEFORE in there:
            connection.execute("DROP SCHEMA public CASCADE")
            _rename(connection, BEFORE, "public")
    return bool(there)


def _rename(connection: psycopg.Connection[tuple[object, ...]], old: str, new: str) -> None:
    connection.execute(
        sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
    )


@contextmanager
def _list(url: str, archive: Path) -> Iterator[Path]:
    """The archive's table of contents without the schema itself, which is there already."""
    lines = _run("pg_restore", url, "--list", str(archive), joins=False).splitlines(keepends=True)
    with tempfile.NamedTemporaryFile("w", suffix=".list") as file:
        file.writelines(
            line for line in lines if " SCHEMA - public" not in line and " - SCHEMA public" not in line
        )
        file.flush()
        yield Path(file.name)


def _run(name: str, url: str, *options: str, joins: bool = True) -> str:
    """What one of PostgreSQL's programs answers. The password goes through the environment, where nobody lists it."""
    with psycopg.connect(url) as connection:
        major = connection.info.server_version // 10_000
    parts = conninfo_to_dict(url)
    password = parts.pop("password", None)
    words = [
        str(program(name, major)),
        *options,
        *([f"--dbname={make_conninfo('', **parts)}"] if joins else []),
    ]
    done = subprocess.run(
        words,
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
        env={**os.environ, **({"PGPASSWORD": str(password)} if password else {})},
    )
    if done.returncode != 0:
        raise ServerError(f"{name} says: {done.stderr.strip()}")
    return done.stdout
