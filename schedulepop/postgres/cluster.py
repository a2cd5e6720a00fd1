"""The first start: the data folder, the four roles, the database."""

import os
import shutil
import subprocess
from contextlib import suppress

import psycopg
from psycopg import sql

from schedulepop.postgres.account import Account
from schedulepop.postgres.binaries import Binaries
from schedulepop.postgres.databases import create_database, drop_database
from schedulepop.postgres.errors import ServerError
from schedulepop.postgres.home import Home
from schedulepop.postgres.urls import APP, DATABASE, MIGRATE, OWNER, WEB, Urls, make_passwords

_UNFINISHED = f"{DATABASE}_unfinished"


def create_data_folder(home: Home, binaries: Binaries, account: Account) -> None:
    """Run initdb, unless it was done before. A killed one is done over: only a whole folder gets the name."""
    if home.data.exists():
        return
    password = make_passwords(home)[OWNER]
    shutil.rmtree(home.unfinished, ignore_errors=True)
    home.unfinished.mkdir(mode=0o700)
    password_file = home.path / "initdb-password"
    password_file.unlink(missing_ok=True)
    try:
        descriptor = os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(password + "\n")
        if account.is_other:
            os.chown(home.unfinished, account.uid, account.gid)
            os.chown(password_file, account.uid, account.gid)
        _initdb(home, binaries, account, str(password_file))
    finally:
        password_file.unlink(missing_ok=True)
    home.unfinished.rename(home.data)


def _initdb(home: Home, binaries: Binaries, account: Account, password_file: str) -> None:
    done = subprocess.run(
        [
            str(binaries.bin / "initdb"),
            *("--pgdata", str(home.unfinished), "--username", OWNER, "--pwfile", password_file),
            *("--auth=scram-sha-256", "--data-checksums", "--locale=C.UTF-8", "--encoding=UTF8"),
        ],
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
        cwd="/",
        umask=0o077,
        env={k: v for k in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if (v := os.environ.get(k))},
        **account.run_as(),
    )
    if done.returncode != 0:
        raise ServerError(
            f"The data folder {home.data} could not be created. PostgreSQL's initdb says:\n{done.stderr.strip()}"
        )


def create_roles_and_database(urls: Urls, passwords: dict[str, str]) -> None:
    """Make the roles and the database, unless they are there; the database comes last and at once.

    So its presence says that all of this was done, and a start that was killed halfway is made good.
    """
    with psycopg.connect(urls.database("postgres").owner, autocommit=True) as owner:
        if owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            return
        with owner.transaction():
            # Row level security binds the web alone: backups and COPY of whole tables are impossible below it.
            _make_role(owner, MIGRATE, "CREATEDB BYPASSRLS", passwords)
            _make_role(owner, APP, "NOCREATEDB BYPASSRLS", passwords)
            _make_role(owner, WEB, "NOCREATEDB NOBYPASSRLS", passwords)
            # The worker ends silent sessions of the web, too, and has to see them for that.
            owner.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(WEB), sql.Identifier(APP)))
            # Lets test databases be dropped although somebody is still connected to them.
            owner.execute(sql.SQL("GRANT pg_signal_backend TO {}").format(sql.Identifier(MIGRATE)))
            owner.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
            owner.execute(sql.SQL("GRANT CONNECT ON DATABASE postgres TO {}").format(sql.Identifier(MIGRATE)))
        with suppress(psycopg.errors.InvalidCatalogName):
            drop_database(urls, _UNFINISHED)
        create_database(urls, _UNFINISHED)
        owner.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(_UNFINISHED), sql.Identifier(DATABASE)
            )
        )


def _make_role(
    owner: psycopg.Connection[tuple[object, ...]], name: str, may: str, passwords: dict[str, str]
) -> None:
    if not owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
        owner.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))
    owner.execute(
        sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION {} PASSWORD {}").format(
            sql.Identifier(name), sql.SQL(may), sql.Literal(passwords[name])
        )
    )
