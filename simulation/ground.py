"""A PostgreSQL of the simulation's own, with the schema, gone at the end."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import structlog

from schedulepop import postgres
from schedulepop.postgres import privileges
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
            structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
            import django

            django.setup()
            from django.core.management import call_command
            from django.db import connections

            call_command("migrate", database="migrate", verbosity=0, interactive=False)
            privileges.grant(urls.migrate, urls.app, urls.web)
            try:
                yield Path(tempfile.mkdtemp(dir=home))
            finally:
                connections.close_all()
    finally:
        shutil.rmtree(home, ignore_errors=True)
