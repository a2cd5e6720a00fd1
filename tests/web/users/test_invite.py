"""Inviting from the User List: what happens is shown first; what is another location's does not exist."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest
from django.test import Client
from django.utils.timezone import now

from schedulepop.accounts import invitations, sheets, throttle
from schedulepop.accounts.models import AuditEntry, Invitation, User
from schedulepop.directory.models import Membership
from schedulepop.messages import outbox
from schedulepop.messages.models import Message
from tests import made
from tests.web.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]
NEW = "eleven quiet rivers"
BROWSER = {"Sec-Fetch-Mode": "navigate"}


def post(client: Client, page: str, *people: User) -> object:
    form = {"who": ",".join(str(one.pk) for one in people), "shown_at": now().isoformat()}
    return client.post(f"/users/invite/{page}/", form)


def test_everybody_not_set_up_whom_the_filters_leave(world: World, client_of: ClientOf) -> None:
    client, before = client_of("manager"), Message.objects.count()
    everybody = client.get("/users/invite/").content.decode()
    assert "Invite 3" in everybody
    one = client.get("/users/invite/?q=arsenault").content.decode()
    assert "Invite 1 person" in one
    assert "no email address" in one
    assert Message.objects.count() == before, "looking writes nothing"


def test_nobody_ticked_is_not_everybody(world: World, client_of: ClientOf) -> None:
    answer = client_of("manager").get("/users/invite/?ticked=1", follow=True).content.decode()
    assert "Tick at least one person" in answer


def test_letters_are_queued_followed_and_filtered(
    world: World, client_of: ClientOf, mailbox: ModuleType
) -> None:
    client = client_of("manager")
    people = [made.person(world.grove, f"N{n} New", email=f"n{n}@example.com") for n in range(3)]
    sent = post(client, "letters", *people)["Location"]
    assert "0 of 3 sent" in client.get(sent).content.decode()
    assert "Invited" in client.get("/users/?q=n0").content.decode()
    outbox.drain()
    assert "All sent." in client.get(sent).content.decode()
    assert client_of("manager_elsewhere").get(sent).status_code == 404
    listed = client.get("/users/?set_up=invited").content.decode()
    assert "N0 New" in listed
    assert "Ines Calloway" not in listed
    rows = list(csv.DictReader(io.StringIO(client.get("/users/?q=new&as=csv").content.decode("utf-8-sig"))))
    assert {row["Account"] for row in rows} == {"Invited"}


@pytest.mark.parametrize("page", ["letters", "sheets"])
def test_another_locations_people_do_not_exist(world: World, client_of: ClientOf, page: str) -> None:
    agnes, client = User.objects.get(last_name="Hillman"), client_of("manager")
    assert post(client, page, world.both, agnes).status_code == 404
    assert client.get(f"/users/invite/?ticked=1&who={agnes.pk}").status_code == 404
    assert client.get("/users/invite/?ticked=1&who=x").status_code == 404
    cedar = made.person(made.location(made.organization("Cedar Care")), "Ced Ar")
    assert post(client_of("admin"), page, cedar).status_code == 404
    assert not Invitation.objects.filter(user__in=[world.both, agnes, cedar]).exists()


def test_sheets_carry_one_person_each_and_no_higher_rank(world: World, client_of: ClientOf) -> None:
    client = client_of("manager")
    User.objects.filter(pk=world.manager_of_both.pk).update(password="!")
    made.person(world.grove, "Sol Paper")
    sol = User.objects.get(last_name="Paper")
    page = post(client, "sheets", world.both, sol, world.manager_of_both).content.decode()
    assert page.count('class="handout"') == 2
    assert "Gwendolyn Marsh: may see more than you" in page
    own = page.split('<article class="handout"')[1].split("</article>")[0]
    assert world.both.username in own
    assert sol.username not in own
    assert world.both.phone not in own or not world.both.phone
    assert not Invitation.objects.filter(user=world.manager_of_both).exists()


def test_a_sheets_code_sets_up_the_account(world: World, client: Client) -> None:
    sheet = sheets.make(world.both, now())
    assert client.get("/set-up/").status_code == 200
    form = {"username": world.both.username.upper(), "code": sheet.code.lower(), "password": "password1"}
    poor = client.post("/set-up/", form)
    assert (poor.status_code, "too common" in poor.content.decode()) == (422, True)
    done = client.post("/set-up/", {**form, "password": NEW}, follow=True)
    assert "Your account is set up." in done.content.decode()
    assert client.session["_auth_user_id"] == str(world.both.pk)


def test_wrong_unknown_and_expired_look_alike(world: World, client: Client) -> None:
    sheets.make(world.both, now() - timedelta(days=8))
    sheets.make(world.staff, now())
    pages = set()
    for username in (world.both.username, world.staff.username, world.ines.username, "nobody.at.all"):
        answer = client.post("/set-up/", {"username": username, "code": "AAAA-AAAA", "password": "password1"})
        assert answer.status_code == 422
        page = answer.content.decode().replace(username, "X")
        pages.add(page[page.index("<form") : page.index("</form>")].partition("csrf")[2][90:])
    assert len(pages) == 1


def test_many_tries_at_many_people_wait(world: World, client: Client) -> None:
    for number in range(throttle.PER_SOURCE):
        throttle.begin(f"sheet n{number}", "127.0.0.1", now())
    answer = client.post("/set-up/", {"username": world.both.username, "code": "x", "password": NEW})
    assert answer.status_code == 429


def test_opened_is_what_a_browser_loads(world: World, client: Client) -> None:
    hire = made.person(world.grove, "Noor Castellane", email="noor@maplehealth.example")
    url = f"/set-up/{invitations.create(hire, 'set_up', now(), address=hire.email)}/"
    client.get(url)  # a mail scanner
    client.get(url, headers={**BROWSER, "Sec-Purpose": "prefetch"})
    assert Invitation.objects.get(user=hire).opened_at is None
    for _ in range(2):
        assert client.get(url, headers=BROWSER).status_code == 200
    assert Invitation.objects.get(user=hire).opened_at is not None
    entry = AuditEntry.objects.get(verb="opened_link")
    assert (entry.by, entry.user) == ("Somebody with the link", hire)


def test_who_has_not_joined_stands_on_home(world: World, client_of: ClientOf) -> None:
    client = client_of("manager")
    assert "not joined" not in client.get("/").content.decode()
    hire = made.person(world.grove, "Noor Castellane", email="noor@maplehealth.example")
    invitations.create(hire, "set_up", now() - timedelta(days=4), address=hire.email)
    assert "One person has not joined" in " ".join(client.get("/").content.decode().split())
    assert "Noor Castellane" in client.get("/users/invite/?set_up=late").content.decode()
    assert "not joined" not in client_of("manager_elsewhere").get("/").content.decode()
    assert Membership.objects.filter(user=hire).exists()
