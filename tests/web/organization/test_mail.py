"""The page with the switch that stops email, and where else it is said."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from schedulepop.accounts import tenancy
from schedulepop.accounts.actors import Actor
from schedulepop.directory import actions
from schedulepop.messages import outbox
from schedulepop.messages.models import MailStop
from tests import as_web, made
from tests.reading import one_space
from tests.web.world import World

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")
WHERE = ("/", "/integrations/", "/integrations/maple-health/payroll/")


def read(client: Client, page: str) -> str:
    return one_space(client.get(page).content.decode())


def test_stopped_with_a_reason_and_switched_on_again(
    world: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of("admin")
    outbox.queue_next(world.ines, "welcome_back")
    assert "1 letter waits" in read(client, "/organization/mail/")
    answer = client.post("/organization/mail/", {"do": "stop", "reason": ""})
    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    assert client.post("/organization/mail/", {"do": "stop", "reason": "wrong people"}).status_code == 302
    page = read(client, "/organization/mail/")
    assert "All email of Maple Health was stopped" in page
    assert "“wrong people”" in page
    assert "1 letter goes out within a minute" in page
    client.post("/organization/mail/", {"do": "start"})
    assert "Letters go out as they become due." in read(client, "/organization/mail/")
    assert MailStop.objects.get().ended_by == world.person("admin").full_name


@pytest.mark.parametrize("everybody", [False, True], ids=["own", "everybody"])
def test_it_is_said_wherever_somebody_waits_for_a_letter(
    world: World, client_of: Callable[[str], Client], everybody: bool
) -> None:
    outbox.queue_next(world.ines, "welcome_back")
    clients = {role: client_of(role) for role in ("admin", "client_success", "manager")}
    assert " was stopped" not in read(clients["admin"], "/")
    actions.stop_mail(None if everybody else world.organization, "wrong people", actor=OPERATOR)
    for page in WHERE:
        said = read(clients["admin"], page)
        assert ("The email of all customers was stopped" if everybody else "All email was stopped") in said
        assert "1 letter waits until it is on again" in said
        assert "/organization/mail/" in said
    manager = read(clients["manager"], "/")
    assert " was stopped" in manager
    assert "by The operator (test)" in manager or "by test" in manager
    assert 'href="/organization/mail/"' not in manager
    assert "wrong people" in read(clients["client_success"], "/")


def test_whoever_forgot_the_password_is_told_of_everybodys_only(world: World, client: Client) -> None:
    actions.stop_mail(world.organization, "x", actor=OPERATOR)
    assert "No email goes out" not in read(client, "/forgotten/")
    actions.stop_mail(None, "x", actor=OPERATOR)
    assert "No email goes out" in read(client, "/forgotten/")


def test_a_customer_learns_of_everybodys_stop_and_cannot_write_it(world: World) -> None:
    """The wall below the page's rules: only a transaction about the vendor may."""
    lead, admin = made.lead(), world.person("admin")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {as_web.ROLE}")
        with tenancy.of_user(admin.pk), pytest.raises(ProgrammingError), transaction.atomic():
            MailStop.objects.create(by="x", reason="x")
        with tenancy.of_user(lead.pk):
            actions.stop_mail(None, "x", actor=Actor.of(lead))
        with tenancy.of_user(admin.pk):
            of_all = MailStop.objects.filter(organization=None)
            assert of_all.count() == 1
            assert of_all.update(reason="mine") == 0
            assert of_all.delete()[0] == 0
        cursor.execute("RESET ROLE")
    assert MailStop.objects.get().reason == "x"


def test_every_letter_is_shown_in_a_frame_where_nothing_runs(
    world: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of("client_success")
    page = read(client, "/organization/mail/letters/?letter=alarm&as=dark")
    assert "9 people wait for your decision" in page
    assert "/organization/mail/letters/alarm/dark/" in page
    frame = client.get("/organization/mail/letters/welcome/light/")
    assert "sandbox" in frame["Content-Security-Policy"]
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert "Welcome, Ines." in frame.content.decode()
    assert "Set up your account" in read(client, "/organization/mail/letters/?as=text")
    for wrong in ("?letter=nothing", "?as=sepia", "nothing/light/", "welcome/sepia/"):
        assert client.get(f"/organization/mail/letters/{wrong}").status_code == 404
