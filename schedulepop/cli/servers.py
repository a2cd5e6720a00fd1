"""`schedulepop up | web | worker | migrate`: the processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Annotated

import typer

from schedulepop import postgres
from schedulepop.cli.database import bring_up_to_date, database
from schedulepop.cli.output import err, fail, out
from schedulepop.postgres import pooling, row_security

Port = Annotated[int, typer.Option(help="Port on 127.0.0.1.")]
Host = Annotated[str, typer.Option(help="Address to listen on.")]


def migrate() -> None:
    """Bring the database's schema up to date."""
    with database(migrated=False):
        out.print(
            "Migrated." if bring_up_to_date(quiet=False) else "Nothing to do: the schema is up to date."
        )


def web(port: Port = 8000, host: Host = "127.0.0.1") -> None:
    """Serve the pages."""
    with database():
        _refuse_guests(host)
        serve(host, port)


def worker() -> None:
    """Run syncs: what is requested, what is due every day, and what a killed worker left."""
    with database():
        if reason := pooling.reason_against(os.environ["DATABASE_URL"], "DATABASE_URL"):
            raise fail(reason)
        from schedulepop.worker import work

        work()


def up(port: Port = 8000, host: Host = "127.0.0.1") -> None:
    """Database if embedded, migrations, web and worker, until Ctrl-C."""
    with database() as embedded:
        _refuse_guests(host)
        run_all(host, port, embedded=embedded)


def _refuse_guests(host: str) -> None:
    """Ends the command where somebody set SCHEDULEPOP_DEMO on what is no demo."""
    from django.conf import settings

    from schedulepop.accounts import demo

    if settings.DEMO and (why := demo.why_not(listen=host)):
        raise fail(f"{why} Unset SCHEDULEPOP_DEMO: with it anybody could sign in without a password.")


def serve(host: str, port: int) -> None:
    """gunicorn in a process of its own, which ends with this one."""
    _run({"web": _web(host, port)})


def run_all(host: str, port: int, *, embedded: bool) -> None:
    """Web and worker beside each other; when one dies the other is ended too, and the exit says so."""
    web = _web(host, port)
    worker = subprocess.Popen([sys.executable, "-m", "schedulepop", "worker"], env=_environment(host, port))
    _run({"web": web, "worker": worker}, embedded=embedded)


def _web(host: str, port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(_web_command(host, port), env=_web_environment(host, port))


def _run(parts: dict[str, subprocess.Popen[bytes]], *, embedded: bool = False) -> None:
    """The processes, until one ends. An embedded database that dies is started again: they wait for it."""
    signal.signal(signal.SIGTERM, lambda *_: _interrupt())
    try:
        while all(part.poll() is None for part in parts.values()):
            if embedded and postgres.running_pid() is None:
                with postgres.server():
                    err.print("The database had stopped. It was started again.")
            time.sleep(0.3)
        dead = next(name for name, part in parts.items() if part.poll() is not None)
        raise fail(f"The {dead} process has ended, so everything is stopped. See its message above.")
    except KeyboardInterrupt:
        out.print("\nStopped.")
    finally:
        for part in parts.values():
            if part.poll() is None:
                part.terminate()
        for part in parts.values():
            try:
                part.wait(15)
            except subprocess.TimeoutExpired:
                part.kill()


def _interrupt() -> None:
    raise KeyboardInterrupt


def _environment(host: str, port: int) -> dict[str, str]:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 (compared, not bound)
    return {"SCHEDULEPOP_BASE_URL": f"http://{shown}:{port}", **os.environ, "SCHEDULEPOP_LISTEN": host}


def _web_environment(host: str, port: int) -> dict[str, str]:
    """The web knows its own role's address and no other (ADR 0013). Ends the command when that may not serve."""
    import psycopg

    variable = "DATABASE_WEB_URL" if os.environ.get("DATABASE_WEB_URL") else "DATABASE_URL"
    url = os.environ[variable]
    if reason := pooling.reason_against(url, variable):
        raise fail(reason)
    with psycopg.connect(url) as connection:
        if reason := row_security.reason_against_serving(connection.cursor()):
            raise fail(reason)
    env = {
        name: value for name, value in _environment(host, port).items() if not name.startswith("DATABASE_")
    }
    return {**env, "DATABASE_URL": url}


def _web_command(host: str, port: int) -> list[str]:
    """Its own event loop waits for clients (`web.shell.front`); no header of a proxy is believed but by Django."""
    options = f"--bind {host}:{port} --workers 2 --worker-class asgi --asgi-lifespan off --log-level warning"
    trusts_nobody = ("--forwarded-allow-ips", "")
    gunicorn = (sys.executable, "-m", "gunicorn", "schedulepop.asgi:application", "--no-control-socket")
    return [*gunicorn, *options.split(), *trusts_nobody]
