"""Two-step sign-in: turned on, asked for, used up, taken away."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pyotp
import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from django.utils.timezone import now

from schedulepop.accounts import invitations, second_factor, throttle
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Organization, SecondFactor, User
from schedulepop.directory import actions
from schedulepop.directory.errors import NotAllowed
from schedulepop.messages import outbox
from tests import made
from tests.web.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
START = 1_796_000_000  # the beginning of a step


@pytest.fixture
def clock() -> object:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def code(steps: int = 0) -> str:
    """What the app shows now, or so many steps from now."""
    return pyotp.TOTP(KEY).at(now() + timedelta(seconds=30 * steps))


def with_app(user: User) -> list[str]:
    """Turns it on for somebody; returns the recovery codes. The code of a minute ago is the one used."""
    codes = second_factor.turn_on(user, KEY, code(-1), now())
    assert codes is not None
    return codes


def first_step(client: Client, user: User, **more: str) -> str:
    form = {"username": user.username, "password": made.PASSWORD, **more}
    return client.post("/sign-in/", form)["Location"]


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_password_alone_opens_nothing(world: World, client: Client, clock: object) -> None:
    with_app(world.admin)
    assert first_step(client, world.admin, next="/users/?q=ines") == "/sign-in/code/"
    assert not signed_in(client)
    assert client.get("/users/")["Location"].startswith("/sign-in/")
    wrong = client.post("/sign-in/code/", {"code": "000000"})
    assert (wrong.status_code, signed_in(client)) == (422, False)
    assert client.post("/sign-in/code/", {"code": code()})["Location"] == "/users/?q=ines"
    assert signed_in(client)
    entry = AuditEntry.objects.filter(verb="signed_in").latest("pk")
    assert entry.changes[0]["new"] == "password and code"


@pytest.mark.parametrize("typed", [lambda: code()[:3] + " " + code()[3:], lambda: code(1), lambda: code(0)])
def test_codes_count_with_a_blank_and_one_step_off(
    world: World, client: Client, clock: object, typed: Callable[[], str]
) -> None:
    with_app(world.admin)
    first_step(client, world.admin)
    client.post("/sign-in/code/", {"code": typed()})
    assert signed_in(client)


@pytest.mark.parametrize("typed", ["", "12345", "²²²²²²", "٠١٢٣٤٥", "abcdef", "0" * 5000, "\x00"])
def test_no_code_at_all(world: World, client: Client, clock: object, typed: str) -> None:
    with_app(world.admin)
    first_step(client, world.admin)
    assert client.post("/sign-in/code/", {"code": typed}).status_code == 422


def test_a_code_works_once_and_no_older_one_after_it(world: World, clock: object) -> None:
    with_app(world.admin)
    newer, older = code(1), code()
    assert second_factor.check(world.admin, newer)
    for used in (newer, older):
        assert not second_factor.check(world.admin, used)


def test_the_code_that_turned_it_on_is_used_up(world: World, clock: object) -> None:
    assert second_factor.turn_on(world.admin, KEY, code(), now())
    assert not second_factor.check(world.admin, code())
    assert second_factor.check(world.admin, code(1))


def test_a_recovery_code_stands_in_once_however_it_is_written(
    world: World, client: Client, clock: object
) -> None:
    codes = with_app(world.admin)
    assert len(set(codes)) == second_factor.CODES
    first_step(client, world.admin)
    client.post("/sign-in/code/", {"code": codes[3].upper().replace("-", " ")})
    assert signed_in(client)
    assert not second_factor.check(world.admin, codes[3])
    assert AuditEntry.objects.get(verb="used_recovery_code").changes == [
        {"field": "recovery_codes", "old": 10, "new": 9}
    ]


def test_neither_key_nor_codes_are_readable_in_the_database(world: World, clock: object) -> None:
    codes = with_app(world.admin)
    kept = str(SecondFactor.objects.values().get())
    assert KEY not in kept
    assert not any(one in kept for one in codes)


def test_guessing_codes_is_slow_from_wherever(world: World, clock: object) -> None:
    with_app(world.admin)
    for number in range(throttle.PER_LOGIN + 1):
        client = Client(REMOTE_ADDR=f"203.0.113.{number}")
        first_step(client, world.admin)
        page = client.post("/sign-in/code/", {"code": "000000"})
    assert "Too many wrong codes" in page.content.decode()
    client.post("/sign-in/code/", {"code": code()})
    assert not signed_in(client), "the right one has to wait too"


def test_half_way_is_over_after_ten_minutes_or_with_a_new_password(
    world: World, client: Client, clock: time_machine.Traveller
) -> None:
    with_app(world.admin)
    first_step(client, world.admin)
    clock.shift(601)
    assert client.post("/sign-in/code/", {"code": code()})["Location"] == "/sign-in/"
    first_step(client, world.admin)
    world.admin.set_password("eleven quiet rivers")
    world.admin.save()
    assert client.post("/sign-in/code/", {"code": code()})["Location"] == "/sign-in/"
    assert not signed_in(client)


def test_a_link_to_a_new_password_asks_for_the_code_too(world: World, client: Client, clock: object) -> None:
    with_app(world.admin)
    token = invitations.create(world.admin, "reset", now())
    form = {"password": "eleven quiet rivers", "again": "eleven quiet rivers"}
    assert client.post(f"/set-up/{token}/", form)["Location"] == "/sign-in/code/"
    assert not signed_in(client)
    client.post("/sign-in/code/", {"code": code()})
    assert signed_in(client)


def key_on(page: str) -> str:
    found = re.search(r'id="key">([A-Z2-7 ]+)<', page)
    assert found
    return found.group(1).replace(" ", "")


def test_turning_it_on_shows_a_code_to_scan_and_recovery_codes_once(
    world: World, client_of: ClientOf, clock: object
) -> None:
    client, elsewhere = client_of("staff"), client_of("staff")
    page = client.get("/account/two-step/").content.decode()
    key = key_on(page)
    assert key_on(client.get("/account/two-step/").content.decode()) == key, "the same after a reload"
    assert '<svg class="qr"' in page
    proof = {"password": made.PASSWORD, "code": pyotp.TOTP(key).at(now())}
    for wrong in ({**proof, "code": "000000"}, {**proof, "password": "wrong"}):
        assert client.post("/account/two-step/", wrong).status_code == 422
    done = client.post("/account/two-step/", proof)
    shown = re.findall(r"\b[a-z2-9]{5}-[a-z2-9]{5}\b", done.content.decode().partition("<pre")[2])
    assert len(shown) == second_factor.CODES
    assert not any(one in client.get("/account/two-step/").content.decode() for one in shown)
    assert client.get("/account/").status_code == 200, "signed in here"
    assert elsewhere.get("/account/").status_code == 302, "and nowhere else"


def test_new_recovery_codes_and_turning_it_off_take_password_and_code(
    world: World, client_of: ClientOf, clock: time_machine.Traveller, mailbox: ModuleType
) -> None:
    User.objects.filter(pk=world.admin.pk).update(email="hr@maplehealth.example")
    old = with_app(world.admin)
    client = client_of("admin")
    proof = {"password": made.PASSWORD, "code": code(), "do": "codes"}
    assert client.post("/account/two-step/", {**proof, "code": "000000"}).status_code == 422
    assert client.post("/account/two-step/", proof).status_code == 200
    assert not second_factor.check(world.admin, old[0])
    clock.shift(60)
    assert client.post("/account/two-step/", {**proof, "do": "off", "password": "x"}).status_code == 422
    assert second_factor.is_on(world.admin)
    client.post("/account/two-step/", {**proof, "do": "off", "code": code()})
    assert not second_factor.is_on(world.admin)
    outbox.drain()
    assert "two-step sign-in was turned off" in mailbox.letters()[0].subject


def ask_for_it(org: Organization) -> None:
    Organization.objects.filter(pk=org.pk).update(requires_second_factor=True)


def test_where_it_is_asked_for_nothing_opens_before(world: World, client_of: ClientOf, clock: object) -> None:
    ask_for_it(world.organization)
    for role in ("admin", "client_success"):
        client = client_of(role)
        for path in ("/", "/users/", "/account/", "/runs/"):
            assert client.get(path)["Location"].startswith("/account/two-step/?next="), (role, path)
        assert client.post("/place/", {"place": "1"})["Location"].startswith("/account/two-step/")
        part = client.get("/users/", headers={"HX-Request": "true"})
        assert part["HX-Redirect"].startswith("/account/two-step/")
        page = client.get("/account/two-step/?next=/users/")
        assert "Maple Health asks everybody with your role" in page.content.decode()
        assert 'aria-label="Main"' not in page.content.decode(), "nothing leads anywhere else"
        proof = {
            "password": made.PASSWORD,
            "code": pyotp.TOTP(key_on(page.content.decode())).at(now()),
            "next": "/users/",
        }
        assert 'href="/users/"' in client.post("/account/two-step/", proof).content.decode()
        assert client.get("/users/").status_code == 200
    for role in ("manager", "staff"):
        assert client_of(role).get("/account/").status_code == 200


def test_where_it_is_asked_for_it_stays_on(world: World, client_of: ClientOf, clock: object) -> None:
    ask_for_it(world.organization)
    with_app(world.admin)
    client = client_of("admin")
    assert "Turn two-step sign-in off" not in client.get("/account/two-step/").content.decode()
    proof = {"password": made.PASSWORD, "code": code(), "do": "off"}
    assert "so it stays on" in client.post("/account/two-step/", proof).content.decode()
    assert second_factor.is_on(world.admin)


def test_the_switch_is_the_admins(world: World, client_of: ClientOf) -> None:
    url = f"/integrations/{world.organization.slug}/{world.integration.slug}/settings/"
    client_of("client_success").post(url, {"two_step": "on"})
    assert not Organization.objects.get(pk=world.organization.pk).requires_second_factor
    with pytest.raises(NotAllowed, match="Only an admin"):
        actions.edit_organization(
            world.organization,
            {"requires_second_factor": False},
            actor=Actor.of(world.person("client_success")),
        )
    client_of("admin").post(url, {"two_step": "on"})
    assert Organization.objects.get(pk=world.organization.pk).requires_second_factor


def test_a_lost_phone_is_reset_by_whoever_outranks_and_told(
    world: World, client_of: ClientOf, clock: object, mailbox: ModuleType
) -> None:
    with_app(world.ines)
    url = f"/users/{world.ines.pk}/{world.grove.pk}/second-factor/"
    assert client_of("manager").post(url).status_code == 404
    assert second_factor.is_on(world.ines)
    done = client_of("admin").post(url)
    assert "and is told so" in next(str(one) for one in get_messages(done.wsgi_request))
    assert not second_factor.is_on(world.ines)
    outbox.drain()
    letter = next(one for one in mailbox.letters() if one.to == world.ines.email)
    assert f"{world.admin.full_name} turned two-step sign-in off" in letter.text


def test_credentials_of_a_payroll_system_take_a_second_step(world: World, clock: object) -> None:
    admin = Actor.of(world.admin)
    assert not second_factor.may_store_credentials(admin)
    with_app(world.admin)
    assert second_factor.may_store_credentials(admin)
    assert second_factor.may_store_credentials(Actor.operator("root"))


def test_a_shared_address_stays_refused(world: World, client: Client, clock: object) -> None:
    for name in ("Ann Fox", "Bea Fox"):
        user = made.person(world.grove, name, confirmed_email="shared@example.com", password=made.PASSWORD)
        with_app(user)
    assert (
        client.post("/sign-in/", {"username": "shared@example.com", "password": made.PASSWORD}).status_code
        == 422
    )
