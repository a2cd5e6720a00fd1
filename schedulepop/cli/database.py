"""How a command reaches the database: it joins the running server, or is the parent for its own duration."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlparse

from schedulepop import postgres
from schedulepop.cli.output import fail

OTHER_VERSION = (
    "This database was made by another development version of SchedulePop and cannot be brought up to date: build a "
    "new one, with another SCHEDULEPOP_HOME or an empty database behind DATABASE_URL."
)


@contextmanager
def database(*, migrated: bool = True) -> Iterator[None]:
    """Django, set up on DATABASE_URL or on the embedded server. `migrated`: brings the schema up to date first."""
    with ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            urls = stack.enter_context(postgres.server())
            os.environ["DATABASE_URL"], os.environ["DATABASE_MIGRATE_URL"] = urls.app, urls.migrate
            stack.callback(_forget)
        start_django()
        if migrated:
            bring_up_to_date(quiet=True)
        yield


def start_django() -> None:
    """Django's registry, once. Logs go to stderr: what a command answers stays clean."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "schedulepop.settings")
    import django
    import structlog
    from django.apps import apps

    if not apps.ready:
        structlog.configure(logger_factory=structlog.WriteLoggerFactory(sys.stderr))
        django.setup()


def bring_up_to_date(*, quiet: bool, restoring: bool = False) -> bool:
    """Applies the migrations that are missing; returns whether there were any.

    What a killed restore left is put back first, however whole the new state looks. `restoring`: this is the restore.
    Ends the command when the database has migrations of ours that this version does not know: nothing is released yet,
    so a development database of before is built anew, never converted.
    """
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    if not restoring:
        with connections["migrate"].cursor() as cursor:
            between = postgres.archive.is_between(cursor)
        if between:
            postgres.archive.put_back(os.environ.get("DATABASE_MIGRATE_URL") or os.environ["DATABASE_URL"])
            connections.close_all()
    executor = MigrationExecutor(connections["migrate"])
    if set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations):
        raise fail(OTHER_VERSION)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", database="migrate", verbosity=0 if quiet else 1, interactive=False)
    grant()
    connections.close_all()
    return True


def grant() -> None:
    """Gives the app's role its rights on what the migrate role made."""
    from psycopg.conninfo import conninfo_to_dict

    from schedulepop.postgres.privileges import grant_app

    url = os.environ["DATABASE_URL"]
    role = conninfo_to_dict(url).get("user") or urlparse(url).username or getpass.getuser()
    grant_app(os.environ.get("DATABASE_MIGRATE_URL") or url, str(role))


def _forget() -> None:
    from django.db import connections

    connections.close_all()
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("DATABASE_MIGRATE_URL", None)
