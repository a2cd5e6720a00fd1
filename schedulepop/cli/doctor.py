"""`schedulepop doctor`: nine checks, each with what to do when it fails."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import typer
from rich.text import Text

from schedulepop import postgres
from schedulepop.cli.database import OTHER_VERSION, database
from schedulepop.cli.output import DONE, FAILED, out
from schedulepop.postgres import pooling, row_security

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
        cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
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
    if reason := _reason_against_serving():
        return False, reason
    return True, (
        "the app may only read and write data, and cannot rewrite the audit trail; the web sees no organization but "
        "the visitor's"
    )


def _reason_against_serving() -> str:
    """As the web would ask it, with its own address."""
    import psycopg

    variable = "DATABASE_WEB_URL" if os.environ.get("DATABASE_WEB_URL") else "DATABASE_URL"
    for name in sorted({variable, "DATABASE_URL"}):
        if reason := pooling.reason_against(os.environ[name], name):
            return reason
    with psycopg.connect(os.environ[variable]) as connection:
        return row_security.reason_against_serving(connection.cursor())


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

    from schedulepop.accounts.models import Organization
    from schedulepop.messages import outages, outbox, stops, undelivered
    from schedulepop.wording.translation import ngettext

    if found := stops.in_force(Organization.objects.all()):
        held = stops.held(outbox.due(now())).count()
        waiting = ngettext("%s letter waits", "%s letters wait", held) % f"{held:,}"
        whose = "; ".join(
            f"{one.organization.slug if one.organization else 'all'}, since {one.at:%Y-%m-%d %H:%M} UTC by {one.by}, "
            f"“{one.reason}”"
            for one in found
        )
        return False, f"stopped: {whose}. {waiting}. Switch it on again with `schedulepop mail start`."
    if away := outages.current():
        kept = outbox.waiting(now()).count()
        return False, (
            f"the mail server has not answered since {away.since:%Y-%m-%d %H:%M} UTC ({away.error}); {kept:,} wait, "
            "none is lost, and they go out by themselves when it answers"
        )
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
    if settings.ANYMAIL["MAILGUN_API_KEY"]:
        return _mail_service()
    if os.environ.get("SCHEDULEPOP_SMTP_HOST"):
        return True, f"letters go out through {settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    return True, "letters are kept in a folder; set SCHEDULEPOP_SMTP_HOST to send them"


def _mail_service() -> Verdict:
    from django.conf import settings

    from schedulepop.messages import events

    domain = str(settings.ANYMAIL["MAILGUN_SENDER_DOMAIN"])
    if not events.installed():
        return (
            False,
            "Mailgun is set, but what speaks with it is not installed: pip install 'schedulepop[mail-service]'",
        )
    if not domain:
        return False, "Mailgun is set without a domain: set SCHEDULEPOP_MAILGUN_DOMAIN"
    if not settings.MAILGUN_SIGNING_KEY:
        return (
            False,
            f"letters go out through Mailgun ({domain}), but nothing comes back: set SCHEDULEPOP_MAILGUN_SIGNING_KEY",
        )
    return (
        True,
        f"letters go out through Mailgun ({domain}); bounces come back to {settings.BASE_URL}/mail/events/",
    )


def _demo() -> Verdict:
    from django.conf import settings

    from schedulepop.accounts import demo
    from schedulepop.accounts.models import Organization

    invented = Organization.objects.filter(demo=True).exists()
    if not settings.DEMO:
        return True, "off: nobody signs in without a password"
    if why := demo.why_not():
        return False, f"{why} Guests are refused. Unset SCHEDULEPOP_DEMO."
    return True, "on: guests sign in with one click" if invented else "on, but there is nobody to sign in as"


def _feeds() -> Verdict:
    from schedulepop.sync.integrations import drop_addresses
    from schedulepop.sync.models import Integration
    from schedulepop.sync.run import feed_folders

    outside = [
        one for one in Integration.objects.select_related("organization") if feed_folders.is_outside(one)
    ]
    if outside:
        named = ", ".join(f"{one} ({one.config['path']})" for one in outside)
        return False, (
            f"not where the organization's files may be read from: {named}. Move the file there, or allow its folder "
            "with `schedulepop org feeds ORG --folder PATH`."
        )
    closed = [str(one) for one in drop_addresses.closed()]
    if closed:
        return False, (
            f"active, and nothing can arrive, for there is no drop address: {', '.join(closed)}. Make one with "
            "`schedulepop integration drop ORG/INTEGRATION --make`, or pause the integration."
        )
    return True, "every file lies where its organization's files may be read from; every drop address is open"


def _secrets() -> Verdict:
    """Every stored secret opens, and none ends within 30 days."""
    from django.utils.timezone import now

    from schedulepop.sync.errors import NeedsAdmin
    from schedulepop.sync.models import Integration
    from schedulepop.sync.run import secret_values
    from schedulepop.sync.run.notify import secret_ends

    closed, ending, count = [], [], 0
    for one in Integration.objects.select_related("organization").filter(secrets__isnull=False).distinct():
        for secret in one.secrets.all():
            count += 1
            try:
                secret_values.open_(one, secret)
            except NeedsAdmin:
                closed.append(f"{one} ({secret.name})")
            if secret.expires_at and secret_ends.days_left(secret.expires_at, now()) is not None:
                ending.append(f"{one} ({secret.name}) on {secret.expires_at:%Y-%m-%d}")
    if closed:
        return False, (
            f"no key here opens: {', '.join(closed)}. Put the keys back (docs/operations.md, Keys), or have those "
            "credentials entered again."
        )
    if ending:
        return False, f"ending: {', '.join(ending)}. Have new ones made and store them before."
    return True, f"{count} stored, all of them open, none ends within 30 days"


def _syncs() -> Verdict:
    from django.utils.timezone import now

    from schedulepop.sync.integrations import schedule
    from schedulepop.sync.models import Integration, IntegrationState

    late = [
        str(i)
        for i in Integration.objects.select_related("organization")
        if schedule.freshness(i, now())["late"]
    ]
    old = [
        str(i)
        for i in Integration.objects.select_related("organization")
        if schedule.freshness(i, now())["old_since"]
    ]
    free = shutil.disk_usage(postgres.state_home().parent).free // 2**20
    if late:
        return False, f"no successful run for 26 hours: {', '.join(late)}. Look at their newest run."
    if old:
        return False, f"payroll has sent nothing new for long: {', '.join(old)}. Have the export sent again."
    active = Integration.objects.filter(state=IntegrationState.ACTIVE).count()
    return free > 500, f"{active} active, none late; {free:,} MB of disk free"


def _sizes() -> Verdict:
    """What is stored, and how it grows: nothing to act on, and what to plan disks by."""
    from schedulepop.health import figures
    from schedulepop.wording import operations as wording

    told = figures.read(queues=(), run_states=()).sizes
    said = (
        f"{wording.label(f'stored_{name}').lower()} {wording.stored(one.bytes, one.rows, one.bytes_a_day)}"
        for name, one in told.items()
    )
    return True, "; ".join(said)


CHECKS: dict[str, Callable[[], Verdict]] = {
    "Database": _database,
    "Roles": _roles,
    "Schema": _schema,
    "Mail": _mail,
    "Demo": _demo,
    "Feeds": _feeds,
    "Secrets": _secrets,
    "Syncs": _syncs,
    "Sizes": _sizes,
}
