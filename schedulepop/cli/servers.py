"""`schedulepop up | web | worker | migrate`: the processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Annotated

import typer

from schedulepop.cli.database import bring_up_to_date, database
from schedulepop.cli.output import fail, out

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
        raise typer.Exit(serve(host, port))


def worker() -> None:
    """Run syncs: what is requested, what is due every day, and what a killed worker left."""
    with database():
        from schedulepop import jobs

        jobs.work()


def up(port: Port = 8000, host: Host = "127.0.0.1") -> None:
    """Database if embedded, migrations, web and worker, until Ctrl-C."""
    with database():
        run_all(host, port)


def serve(host: str, port: int) -> int:
    """gunicorn in a process of its own; ends with this one."""
    return subprocess.call(_web_command(host, port), env=_environment(host, port))


def run_all(host: str, port: int) -> None:
    """Web and worker beside each other; when one dies the other is ended too, and the exit says so."""
    env = _environment(host, port)
    parts = {
        "web": subprocess.Popen(_web_command(host, port), env=env),
        "worker": subprocess.Popen([sys.executable, "-m", "schedulepop", "worker"], env=env),
    }
    signal.signal(signal.SIGTERM, lambda *_: _interrupt())
    try:
        while all(part.poll() is None for part in parts.values()):
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
    return {"SCHEDULEPOP_BASE_URL": f"http://{shown}:{port}", **os.environ}


def _web_command(host: str, port: int) -> list[str]:
    options = f"--bind {host}:{port} --workers 2 --threads 4 --timeout 120 --log-level warning"
    return [sys.executable, "-m", "gunicorn", "schedulepop.wsgi", *options.split(), "--no-control-socket"]
