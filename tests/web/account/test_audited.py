"""Who came in, who did not, what was refused and taken away: in the audit trail, by the database's clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
import structlog
from django.db import connection
from django.test import Client
from django.utils import timezone

from schedulepop.accounts import invitations
from schedulepop.accounts.models import AuditEntry, Invitation
from tests import made
from tests.web.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]


def said(verb: str) -> list[tuple[str, str, str]]:
    """By whom, about whom, what."""
    found = AuditEntry.objects.filter(verb=verb).order_by("pk")
    return [(one.by, str(one.user), one.changes[0]["new"]) for one in found]


def test_coming_in(world: World, client: Client) -> None:
    client.post("/sign-in/", {"username": world.manager.username, "password": made.PASSWORD})
    name = world.manager.full_name
    assert said("signed_in") == [(name, name, "password")]


def test_failing_is_kept_with_whom_it_concerns_and_never_with_what_was_typed(
    world: World, client: Client
) -> None:
    left = made.person(world.grove, "Gone Girl", status="terminated", password=made.PASSWORD)
    client.post("/sign-in/", {"username": world.manager.username, "password": "a secret guess"})
    client.post("/sign-in/", {"username": left.username, "password": made.PASSWORD})
    assert said("failed_sign_in") == [
        ("Somebody not signed in", world.manager.full_name, "password"),
        ("Somebody not signed in", "Gone Girl", "access"),
    ]
    assert "secret guess" not in str(list(AuditEntry.objects.values()))


def test_failing_as_nobody_is_in_the_log_alone(world: World, client: Client) -> None:
    before = AuditEntry.objects.count()
    with structlog.testing.capture_logs() as lines:
        client.post("/sign-in/", {"username": "my secret password", "password": "another secret"})
    assert AuditEntry.objects.count() == before
    assert [(line["event"], line["known"], line["source"]) for line in lines] == [
        ("sign_in_failed", False, "127.0.0.1")
    ]
    assert "secret" not in str(lines)


def test_a_wrong_current_password_is_kept_and_throttled(world: World, client_of: ClientOf) -> None:
    client = client_of("staff")
    form = {"current": "wrong", "password": "eleven quiet rivers", "again": "eleven quiet rivers"}
    for _ in range(10):
        assert "is not right" in client.post("/account/", form).content.decode()
    form["current"] = made.PASSWORD
    assert "Wait about 15 minutes" in client.post("/account/", form).content.decode()
    assert len(said("failed_sign_in")) == 10


def test_a_changed_password_is_kept_and_ends_the_links_to_another(world: World, client_of: ClientOf) -> None:
    asked = invitations.create(world.staff, Invitation.RESET, timezone.now(), address=world.staff.email)
    new = "eleven quiet rivers"
    client_of("staff").post("/account/", {"current": made.PASSWORD, "password": new, "again": new})
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.user, entry.actor, entry.changes) == (
        "changed_password",
        world.staff,
        world.staff,
        [],
    )
    assert invitations.look(asked, timezone.now())[0] is invitations.LinkState.REVOKED


def test_what_is_refused(world: World, client_of: ClientOf) -> None:
    boss = made.manager(world.grove, "Paula Pay", membership_more={"may_see_pay": True})
    client, name = client_of("manager"), world.manager.full_name
    page = f"/users/{boss.pk}/{world.grove.pk}"
    for path, form in (
        ("field/email", {"value": "mine@example.com"}),
        ("link", {}),
        ("access", {"reason": "Mine"}),
    ):
        client.post(f"{page}/{path}/", form)
    boss.refresh_from_db()
    assert (boss.email, boss.memberships.get().access_blocked_at) == ("", None)
    assert said("refused") == [
        (name, name, "profile-field"),
        (name, name, "profile-link"),
        (name, name, "profile-access"),
    ]


def test_files_taken_away(world: World, client_of: ClientOf) -> None:
    assert client_of("admin").get("/cms/ids/2026Q1/csv/").status_code == 200
    name = world.admin.full_name
    assert said("exported") == [(name, name, "csv of changed IDs, 2026Q1")]


def test_sign_ins_are_shown_to_admins_with_the_whole_history(world: World, client_of: ClientOf) -> None:
    Client().post("/sign-in/", {"username": world.ines.username, "password": "wrong"})
    page = f"/users/{world.ines.pk}/{world.grove.pk}/"
    assert "Sign-in failed" in client_of("admin").get(f"{page}?history=all", follow=True).content.decode()
    assert "Sign-in failed" not in client_of("admin").get(page).content.decode()
    assert (
        "Sign-in failed" not in client_of("manager").get(f"{page}?history=all", follow=True).content.decode()
    )


def test_when_it_was_written_is_the_databases_word(world: World) -> None:
    then = datetime(2001, 1, 1, tzinfo=UTC)
    entry = AuditEntry.objects.create(
        organization=world.organization, by="x", door="web", verb="x", subject="x", at=then, recorded_at=then
    )
    entry.refresh_from_db()
    assert entry.at == then
    assert abs(timezone.now() - entry.recorded_at) < timedelta(minutes=1)


def test_no_role_of_the_application_writes_it(world: World) -> None:
    AuditEntry.objects.create(organization=world.organization, by="x", door="web", verb="x", subject="x")
    for statement in (
        "UPDATE accounts_auditentry SET recorded_at = 'epoch'",
        "DELETE FROM accounts_auditentry",
        "ALTER TABLE accounts_auditentry DISABLE TRIGGER audit_recorded_at",
        "DROP FUNCTION audit_recorded_at() CASCADE",
        "SET session_replication_role = replica",
    ):
        with pytest.raises(Exception, match=r"permission denied|must be owner") as refused:
            _try(statement)
        assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


def _try(statement: str) -> Any:
    from django.db import transaction

    with transaction.atomic(), connection.cursor() as cursor:
        return cursor.execute(statement)


def test_entries_of_a_sync_have_it_too() -> None:
    """They are written by SQL of their own; the column has a default, and the trigger the last word."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_default, is_nullable FROM information_schema.columns"
            " WHERE table_name = 'accounts_auditentry' AND column_name = 'recorded_at'"
        )
        assert cursor.fetchone() == ("clock_timestamp()", "NO")
