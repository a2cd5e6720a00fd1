"""How a command reaches the database: it joins the running server, or is the parent for its own duration."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from schedulepop import postgres
from schedulepop.cli.output import err, fail
from schedulepop.postgres import row_security

UNFINISHED = (
    "schedulepop_unfinished_migration"  # a table: there while migrations are applied, or were not to the end
)
OTHER_VERSION = (
    "This database was made by another development version of SchedulePop and cannot be brought up to date: build a "
    "new one, with another SCHEDULEPOP_HOME or an empty database behind DATABASE_URL."
)


@contextmanager
def database(*, migrated: bool = True) -> Iterator[bool]:
    """Django, set up on DATABASE_URL or on the embedded server; yields whether it is that one.

    `migrated`: brings the schema up to date first.
    """
    with ExitStack() as stack:
        if embedded := not os.environ.get("DATABASE_URL"):
            urls = stack.enter_context(postgres.server())
            os.environ |= {
                "DATABASE_URL": urls.app,
                "DATABASE_MIGRATE_URL": urls.migrate,
                "DATABASE_WEB_URL": urls.web,
            }
            stack.callback(_forget)
        start_django()
        if migrated:
            bring_up_to_date(quiet=True)
        yield embedded


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

    One process at a time does so: who comes second says so and waits. What a killed restore left is put back first,
    however whole the new state looks. `restoring`: this is the restore.
    Ends the command when the database has migrations of ours that this version does not know: nothing is released yet,
    so a development database of before is built anew, never converted.
    """
    from django.core.management import call_command
    from django.db import connections

    with postgres.turns(migrate_url(), postgres.Turn.MIGRATION, _say_migrating) as session:
        session.look()
        if not _is_behind(session, restoring=restoring):
            return False
        session.change()
        if not _is_behind(session, restoring=restoring):  # whoever had the turn before did it
            return False
        session.execute(f"CREATE TABLE IF NOT EXISTS {UNFINISHED} ()")
        call_command("migrate", database="migrate", verbosity=0 if quiet else 1, interactive=False)
        grant()
        session.execute(f"DROP TABLE {UNFINISHED}")
        connections.close_all()
    return True


def _is_behind(session: postgres.Session, *, restoring: bool) -> bool:
    """Whether migrations are missing, or the last one who applied some did not come to the end."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    _require_exempt()
    if not restoring:
        with connections["migrate"].cursor() as cursor:
            between = postgres.archive.is_between(cursor)
        if between:
            postgres.archive.put_back(migrate_url())
            connections.close_all()
    executor = MigrationExecutor(connections["migrate"])
    if set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations):
        raise fail(OTHER_VERSION)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return True
    with connections["migrate"].cursor() as cursor:
        if row_security.unprotected(cursor) or row_security.missing_doors(cursor):
            return True
    return session.execute(f"SELECT to_regclass('{UNFINISHED}')")[0] is not None


def _say_migrating() -> None:
    err.print("Another command is bringing this database up to date. Waiting until it is done.", style="dim")


def migrate_url() -> str:
    """The address of the role that owns the tables."""
    return os.environ.get("DATABASE_MIGRATE_URL") or os.environ["DATABASE_URL"]


def _require_exempt() -> None:
    """Ends the command when row level security binds its role: it would see no organization at all."""
    from django.db import connections

    for alias, variable in (("default", "DATABASE_URL"), ("migrate", "DATABASE_MIGRATE_URL")):
        with connections[alias].cursor() as cursor:
            if not row_security.passes(cursor):
                role = connections[alias].settings_dict["USER"]
                raise fail(
                    f"The role {role} of {variable} may not pass row level security, so it would see nobody. As the "
                    f"server's administrator: ALTER ROLE {role} BYPASSRLS. Only the web's role is bound by it."
                )


def grant() -> None:
    """Gives the app's and the web's role their rights on what the migrate role made."""
    from schedulepop.postgres import privileges

    privileges.grant(migrate_url(), os.environ["DATABASE_URL"], os.environ.get("DATABASE_WEB_URL", ""))


def _forget() -> None:
    from django.db import connections

    connections.close_all()
    for name in ("DATABASE_URL", "DATABASE_MIGRATE_URL", "DATABASE_WEB_URL"):
        os.environ.pop(name, None)
