"""`schedulepop doctor`: five checks, each with what to do when it fails."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import typer
from rich.text import Text

from schedulepop import postgres
from schedulepop.cli.database import OTHER_VERSION, database
from schedulepop.cli.output import DONE, FAILED, out

Verdict = tuple[bool, str]


def doctor() -> None:
    """Check the database, its roles, the schema, the mail and the syncs."""
    failed = 0
    with database(migrated=False):
        for name, check in CHECKS.items():
            try:
                good, sentence = check()
            except Exception as error:  # a check that breaks is a finding, and the others still run
                good, sentence = False, f"could not be checked: {error}"
            failed += not good
            mark = Text("ok  " if good else "look", style="green" if good else "yellow")
            out.print(mark, Text(f" {name}: {sentence}"))
    raise typer.Exit(FAILED if failed else DONE)


def _database() -> Verdict:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        size = cursor.fetchone()[0]
    from django.conf import settings

    embedded = postgres.running_urls()
    ours = embedded is not None and settings.DATABASES["default"]["HOST"] in embedded.app
    where = "embedded" if ours else "DATABASE_URL"
    return int(version.split(".")[0]) >= 15, f"PostgreSQL {version} ({where}), {size}"


def _roles() -> Verdict:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        powerful = cursor.fetchone()[0]
        cursor.execute("SELECT has_table_privilege('accounts_auditentry', 'UPDATE')")
        rewrites = cursor.fetchone()[0]
    if powerful:
        return (
            False,
            "the app signs in as a database administrator. Give it a role of its own in DATABASE_URL.",
        )
    if rewrites:
        return (
            False,
            "the app may rewrite the audit trail. Set DATABASE_MIGRATE_URL to another role and migrate.",
        )
    return True, "the app may only read and write data, and cannot rewrite the audit trail"


def _schema() -> Verdict:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["default"])
    if set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations):
        return False, OTHER_VERSION
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return (
        not missing,
        f"{len(missing)} migrations are missing. Run `schedulepop migrate`." if missing else "up to date",
    )


def _mail() -> Verdict:
    from django.conf import settings
    from django.utils.timezone import now

    from schedulepop.messages import undelivered
    from schedulepop.wording.translation import ngettext

    stuck = undelivered.to_act_on(now()).select_related("user")
    if count := stuck.count():
        stuck_letters = ngettext(
            "%s letter did not go out, or may not have", "%s letters did not go out, or may not have", count
        )
        names = ", ".join(dict.fromkeys(one.user.username for one in stuck[:5]))
        return (
            False,
            f"{stuck_letters % count}: to {names}{' and others' if count > 5 else ''}. "
            "Check the address and send it again.",
        )
    if os.environ.get("SCHEDULEPOP_SMTP_HOST"):
        return True, f"letters go out through {settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    return True, "letters are kept in a folder; set SCHEDULEPOP_SMTP_HOST to send them"


def _syncs() -> Verdict:
    from django.utils.timezone import now

    from schedulepop.sync.integrations import schedule
    from schedulepop.sync.models import Integration, IntegrationState

    late = [
        str(i)
        for i in Integration.objects.select_related("organization")
        if schedule.freshness(i, now())["late"]
    ]
    free = shutil.disk_usage(postgres.state_home().parent).free // 2**20
    if late:
        return False, f"no successful run for 26 hours: {', '.join(late)}. Look at their newest run."
    active = Integration.objects.filter(state=IntegrationState.ACTIVE).count()
    return free > 500, f"{active} active, none late; {free:,} MB of disk free"


CHECKS: dict[str, Callable[[], Verdict]] = {
    "Database": _database,
    "Roles": _roles,
    "Schema": _schema,
    "Mail": _mail,
    "Syncs": _syncs,
}
