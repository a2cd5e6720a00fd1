"""A PostgreSQL of the simulation's own, with the schema, gone at the end."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from schedulepop import postgres
from schedulepop.postgres.privileges import grant_app
from tests.scratch import in_memory


@contextlib.contextmanager
def server() -> Iterator[Path]:
    """The product of this process pointed at a fresh database; yields a folder for payroll's file."""
    home = Path(tempfile.mkdtemp(prefix="sp-year-", dir=in_memory()))
    os.environ |= {
        "SCHEDULEPOP_HOME": str(home),
        "SCHEDULEPOP_MAILBOX": str(home / "mailbox"),
        "DJANGO_SETTINGS_MODULE": "schedulepop.settings",
    }
    try:
        with postgres.server(home) as urls:
            os.environ["DATABASE_URL"], os.environ["DATABASE_MIGRATE_URL"] = urls.app, urls.migrate
            import django

            django.setup()
            from django.core.management import call_command
            from django.db import connections

            call_command("migrate", database="migrate", verbosity=0, interactive=False)
            grant_app(urls.migrate, str(conninfo_to_dict(urls.app)["user"]))
            try:
                yield Path(tempfile.mkdtemp(dir=home))
            finally:
                connections.close_all()
    finally:
        shutil.rmtree(home, ignore_errors=True)
