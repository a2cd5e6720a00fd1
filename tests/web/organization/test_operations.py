"""The page over all customers: counts, ages, customers by name; nobody's people, and nobody but a lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from time import perf_counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization, User
from schedulepop.directory import actions
from schedulepop.health import figures
from schedulepop.messages import outbox
from schedulepop.messages.models import MailStop
from schedulepop.sync.models import Integration, Run
from schedulepop.sync.review.in_trouble import in_trouble
from schedulepop.wording import operations as wording
from tests import made
from tests.reading import one_space
from tests.web.organization.test_customers import client_of, integration, run
from tests.web.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    figures.recent.forget()
    yield
    figures.recent.forget()


@pytest.fixture
def lead(world: World) -> User:
    return made.lead()


def page_of(user: User) -> str:
    answer = client_of(user).get("/operations/")
    assert answer.status_code == 200
    return one_space(answer.content.decode())


def figure(page: str, label: str) -> str:
    """What a line of the page says."""
    found = re.search(rf"{label}</th> <td [^>]*> ([^<]*?) <", page)
    assert found, label
    return found[1]


def customer(name: str, **more: Any) -> Integration:
    return integration(made.organization(name), last_success_at=now(), **more)


def test_whose_trouble_the_figures_count(lead: User) -> None:
    late = customer("Late Care")
    Integration.objects.filter(pk=late.pk).update(last_success_at=now() - timedelta(days=2))
    customer("Silent Care", state="quarantined", failing_since=now() - timedelta(hours=5))
    run(customer("Held Care"), 1, "held")
    customer("Calm Care")
    found = in_trouble(Actor.of(lead), 20)
    assert {kind: [one.organization for one in told.lines] for kind, told in found.items()} == {
        "late": ["Late Care"],
        "failing": ["Silent Care"],
        "held": ["Held Care"],
    }
    told = figures.read(queues=(), run_states=())
    assert {kind: one.total for kind, one in found.items()} == {
        kind: told.integrations[kind] for kind in ("late", "failing", "held")
    }
    page = page_of(lead)
    for name in ("Late Care", "Silent Care", "Held Care"):
        assert name in page
    assert "Calm Care" not in page


def test_the_longest_first_and_the_rest_as_a_number(lead: User) -> None:
    for number in range(23):
        one = customer(f"Care {number:02}")
        Integration.objects.filter(pk=one.pk).update(last_success_at=now() - timedelta(days=2 + number))
    found = in_trouble(Actor.of(lead), 20)["late"]
    assert (found.total, found.more, found.lines[0].organization) == (23, 3, "Care 22")
    assert "and 3 more." in page_of(lead)


def test_nobody_of_theirs_is_named(world: World, lead: User) -> None:
    run(world.integration, 900, "held")
    Integration.objects.filter(pk=world.integration.pk).update(
        state="active", last_success_at=now() - timedelta(days=9)
    )
    actions.stop_mail(
        world.organization, f"ask {world.ines.full_name}", actor=Actor.of(world.person("admin"))
    )
    page = page_of(lead)
    assert "Maple Health" in page
    for person in User.objects.exclude(pk=lead.pk):
        assert person.full_name not in page, person
        assert person.username not in page, person


class TestWhoMay:
    def test_client_success_is_not_told_of_everybody(self, world: World) -> None:
        client = client_of(world.client_success)
        assert client.get("/operations/").status_code == 404
        assert client.post("/operations/", {"reason": "x"}).status_code == 404
        assert "/operations/" not in client.get("/").content.decode()
        assert in_trouble(Actor.of(world.client_success), 20) == {}

    def test_a_lead_who_looks_after_somebody_too(self, world: World, lead: User) -> None:
        actions.grant(lead, "client_success", world.organization, actor=Actor.operator("test"))
        assert 'href="/operations/"' in client_of(lead).get("/").content.decode()
        assert "Operations" in page_of(lead)


def test_the_email_of_all_customers_is_stopped_and_switched_on(world: World, lead: User) -> None:
    outbox.queue_next(world.ines, "welcome_back")
    client = client_of(lead)
    assert client.post("/operations/", {"do": "stop", "reason": ""}).status_code == 422
    assert client.post("/operations/", {"do": "stop", "reason": "a wrong server"}).status_code == 302
    page = page_of(lead)
    assert "“a wrong server”" in page
    assert figure(page, "Stopped by the switch") == "1"
    client.post("/operations/", {"do": "start"})
    assert MailStop.objects.get().ended_at is not None
    assert "a wrong server" not in page_of(lead)


def test_few_statements_and_a_tenth_of_a_second_whatever_the_number(world: World, lead: User) -> None:
    """2,000 customers with an integration and a run each."""
    made_ = Organization.objects.bulk_create(
        Organization(name=f"Care {n}", slug=f"care-{n}", timezone="America/New_York") for n in range(2_000)
    )
    sources = Integration.objects.bulk_create(
        Integration(
            organization=one,
            name="Payroll",
            slug="payroll",
            connector="bamboohr",
            state="active",
            last_success_at=now() - timedelta(hours=n % 40),
        )
        for n, one in enumerate(made_)
    )
    Run.objects.bulk_create(
        Run(
            organization_id=one.organization_id,
            integration=one,
            number=1,
            trigger="schedule",
            state="held" if n % 50 == 0 else "applied",
            local_date=now().date(),
            requested_by="schedule",
        )
        for n, one in enumerate(sources)
    )
    client = client_of(lead)
    client.get("/operations/")
    took = []
    for _ in range(5):
        figures.recent.forget()
        began = perf_counter()
        with CaptureQueriesContext(connection) as asked:
            answer = client.get("/operations/")
        took.append(perf_counter() - began)
    assert len(asked) <= 25
    assert len(answer.content) < 60_000
    assert min(took) < 0.25, f"{min(took):.3f} s"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 seconds"), (119, "119 seconds"), (120, "2 minutes"), (7_200, "2 hours"), (172_800, "2 days")],
)
def test_ages_in_words(seconds: float, said: str) -> None:
    assert wording.age(seconds) == said


def test_a_worker_that_is_silent_is_said(lead: User) -> None:
    assert figure(page_of(lead), "A worker was last heard") == "never"
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    figures.recent.forget()
    assert re.fullmatch(r"\d+ seconds? ago", figure(page_of(lead), "A worker was last heard"))
