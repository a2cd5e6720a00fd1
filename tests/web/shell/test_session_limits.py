"""How long a session lasts, what is no activity, and what its reader is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from schedulepop.directory.models import Membership
from tests import made
from tests.web.world import World

pytestmark = pytest.mark.django_db
MINUTE = 60


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(made.NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def enter(world: World, clock: time_machine.Traveller) -> Callable[[str], Client]:
    """Signed in by the form, as people do."""

    def enter(role: str) -> Client:
        client = Client()
        form = {"username": world.person(role).username, "password": made.PASSWORD}
        assert client.post("/sign-in/", form).status_code == 302
        return client

    return enter


def test_half_an_hour_without_activity_ends_it_for_who_sees_pay(
    enter: Callable[[str], Client], clock: time_machine.Traveller
) -> None:
    client = enter("admin")
    for _ in range(3):
        clock.shift(29 * MINUTE)
        assert client.get("/users/").status_code == 200
    clock.shift(31 * MINUTE)
    over = client.get("/users/?q=ines")
    assert over["Location"] == "/sign-in/?next=%2Fusers%2F%3Fq%3Dines&over=idle"
    page = client.get(over["Location"]).content.decode()
    assert "nothing happened for 30 minutes, and your pages show pay. Sign in, and you are back" in page
    assert 'name="next" value="/users/?q=ines"' in page


@pytest.mark.parametrize("role", ["manager", "staff", "client_success"])
def test_who_sees_no_pay_stays(
    role: str, enter: Callable[[str], Client], clock: time_machine.Traveller
) -> None:
    client = enter(role)
    clock.shift(90 * MINUTE)
    assert client.get("/account/").status_code == 200


def test_a_manager_who_was_granted_pay_meanwhile_does_not(
    world: World, enter: Callable[[str], Client], clock: time_machine.Traveller
) -> None:
    client = enter("manager")
    Membership.objects.filter(user=world.manager).update(may_see_pay=True)
    clock.shift(31 * MINUTE)
    assert "over=idle" in client.get("/users/")["Location"]


def test_a_page_that_refreshes_itself_is_no_activity(
    world: World, enter: Callable[[str], Client], clock: time_machine.Traveller
) -> None:
    client = enter("admin")
    here = {
        "HX-Request": "true",
        "X-Refresh": "1",
        "HX-Current-URL": f"http://testserver/runs/{world.run.pk}/",
    }
    for _ in range(30):
        clock.shift(MINUTE)
        assert "HX-Redirect" not in client.get(f"/runs/{world.run.pk}/", headers=here)
    clock.shift(MINUTE)
    over = client.get(f"/runs/{world.run.pk}/", headers=here)
    assert over["HX-Redirect"] == f"/sign-in/?next=%2Fruns%2F{world.run.pk}%2F&over=idle"


def test_whatever_polls_says_so() -> None:
    """Every template part that asks again by itself is marked, whoever adds one."""
    from pathlib import Path

    from schedulepop import web

    for template in (Path(web.__file__).parent / "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert text.count('hx-trigger="every') == text.count("X-Refresh"), template.name


@pytest.mark.parametrize("role", ["admin", "manager", "staff"])
def test_twelve_hours_end_it_for_everybody_however_active(
    role: str, enter: Callable[[str], Client], clock: time_machine.Traveller
) -> None:
    client = enter(role)
    for _ in range(12 * 4):
        clock.shift(15 * MINUTE)
        assert client.get("/account/").status_code == 200
    clock.shift(MINUTE)
    over = client.post("/account/", {}, headers={"Referer": "http://testserver/account/?from=list"})
    assert over["Location"] == "/sign-in/?next=%2Faccount%2F&over=day"
    assert "because 12 hours are over" in client.get(over["Location"]).content.decode()
    assert client.get("/account/")["Location"] == "/sign-in/?next=%2Faccount%2F", "it stays over"


def test_a_form_from_elsewhere_leads_to_the_start(client: Client, db: None) -> None:
    for referer in ("https://evil.example/users/", "", "javascript:alert(1)", "//evil.example"):
        answer = client.post("/account/", {}, headers={"Referer": referer})
        assert answer["Location"] == "/sign-in/?next=%2F"
