"""Signing in and out, links, forgotten passwords, the demo's one click, the account page."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from schedulepop.accounts import invitations
from schedulepop.messages import addresses, outbox
from tests import made
from tests.web.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]
NEW = "eleven quiet rivers"


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_sign_in_leads_back_to_where_one_came_from(world: World, client: Client) -> None:
    form = {"username": world.manager.username.upper(), "password": made.PASSWORD, "next": "/users/?q=ines"}
    assert client.post("/sign-in/", form)["Location"] == "/users/?q=ines"
    assert signed_in(client)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_sign_in_never_leads_elsewhere(world: World, client: Client, target: str) -> None:
    form = {"username": world.manager.username, "password": made.PASSWORD, "next": target}
    assert client.post("/sign-in/", form)["Location"] == "/"


def test_wrong_unknown_and_ended_look_alike(world: World, client: Client) -> None:
    made.person(world.grove, "Gone Girl", status="terminated", username="gone", password=made.PASSWORD)
    answers = set()
    for username, password in ((world.manager.username, "wrong"), ("nobody", "x"), ("gone", made.PASSWORD)):
        response = client.post("/sign-in/", {"username": username, "password": password})
        assert response.status_code == 422
        answers.add("do not go together" in response.content.decode())
    assert answers == {True}
    assert not signed_in(client)


def test_after_ten_wrong_passwords_one_has_to_wait(world: World, client: Client) -> None:
    for _ in range(10):
        client.post("/sign-in/", {"username": "marisol", "password": "wrong"})
    page = client.post("/sign-in/", {"username": "marisol", "password": "wrong"}).content.decode()
    assert "Too many wrong passwords" in page


def test_signing_out_takes_a_post(world: World, client_of: ClientOf) -> None:
    client = client_of("manager")
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert not signed_in(client)


def test_a_session_dies_with_the_right_to_sign_in(world: World, client_of: ClientOf) -> None:
    client = client_of("manager")
    world.manager.memberships.update(status="terminated")
    assert client.get("/users/")["Location"].startswith("/sign-in/")


def test_a_set_up_link_is_used_by_choosing_a_password_not_by_looking(world: World, client: Client) -> None:
    hire = made.person(world.grove, "Noor Castellane", email="noor@maplehealth.example")
    url = f"/set-up/{invitations.create(hire, 'set_up', now(), address=hire.email)}/"
    for _ in range(2):  # a mail scanner, then the person
        response = client.get(url)
        assert "Welcome, Noor." in response.content.decode()
        assert response["Referrer-Policy"] == "strict-origin"
    response = client.post(url, {"password": NEW, "again": NEW}, follow=True)
    assert signed_in(client)
    assert "Your account is set up." in response.content.decode()
    hire.refresh_from_db()
    assert hire.confirmed_email == hire.email
    again = client.get(url)
    assert again.status_code == 410
    assert "already used" in again.content.decode()


@pytest.mark.parametrize(
    ("password", "again", "reason"),
    [
        ("short", "short", "too short"),
        ("password1", "password1", "too common"),
        (NEW, f"{NEW}!", "not the same"),
        ("castellane", "castellane", "too similar"),
        ("maple grove 1", "maple grove 1", "too similar"),
    ],
)
def test_a_poor_password_is_refused_with_its_reason(
    world: World, client: Client, password: str, again: str, reason: str
) -> None:
    hire = made.person(world.grove, "Noor Castellane")
    url = f"/set-up/{invitations.create(hire, 'set_up', now())}/"
    response = client.post(url, {"password": password, "again": again})
    assert response.status_code == 422
    assert reason in response.content.decode()
    assert not signed_in(client)
    assert client.get(url).status_code == 200, "the link stays usable"


def test_forgotten_answers_everybody_alike_and_writes_to_who_exists(
    world: World, client: Client, mailbox: ModuleType, django_capture_on_commit_callbacks: Any
) -> None:
    known = client.post("/forgotten/", {"name": world.ines.username}).content.decode()
    unknown = client.post("/forgotten/", {"name": "nobody"}).content.decode()
    assert known.replace(world.ines.username, "X") == unknown.replace("nobody", "X")
    assert addresses.answer(now()) == 2
    assert addresses.answer(now()) == 0
    assert [message.kind for message in outbox.waiting(now()) if message.user_id == world.ines.pk] == [
        "reset"
    ]


def test_one_click_exists_only_in_the_demo(
    world: World, client: Client, settings: Any, mailbox: ModuleType
) -> None:
    form = {"user": world.admin.pk}
    assert client.post("/demo-sign-in/", form).status_code == 404
    assert "Or look around as" not in client.get("/sign-in/").content.decode()
    made.demo(settings)
    client = Client(SERVER_NAME="127.0.0.1")
    page = client.get("/sign-in/").content.decode()
    for role in ("Client Success", "Admin", "Manager", "Staff"):
        assert f", {role} <small>" in page
    outsider = made.person(world.grove, "Not Offered")
    assert client.post("/demo-sign-in/", {"user": outsider.pk}).status_code == 404
    assert client.get("/demo-sign-in/").status_code == 405
    assert client.post("/demo-sign-in/", form)["Location"] == "/"
    assert signed_in(client)


def test_a_new_password_of_ones_own(world: World, client_of: ClientOf) -> None:
    client, elsewhere = client_of("staff"), client_of("staff")
    wrong = client.post("/account/", {"current": "wrong", "password": NEW, "again": NEW})
    assert "The current password is not right." in wrong.content.decode()
    done = client.post("/account/", {"current": made.PASSWORD, "password": NEW, "again": NEW}, follow=True)
    assert "Your new password works." in done.content.decode()
    assert elsewhere.get("/account/").status_code == 302, "signed out everywhere else"


def test_staff_see_their_own_facts_but_no_pay(world: World, client_of: ClientOf) -> None:
    page = client_of("staff").get("/account/").content.decode()
    for words in ("You at Maple Grove", "CNA", "East Wing", "10 · Certified Nurse Aide", "From payroll"):
        assert words in page
    assert "Pay rate" not in page


def test_the_theme_is_remembered_by_the_device(client: Client, db: None) -> None:
    client.post("/theme/", {"theme": "dark", "next": "/sign-in/"})
    assert '<html lang="en" data-theme="dark">' in client.get("/sign-in/").content.decode()
    client.post("/theme/", {"theme": "", "next": "/sign-in/"})
    assert '<html lang="en">' in client.get("/sign-in/").content.decode()


def test_a_forged_form_is_refused_with_a_page(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/sign-in/", {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert "This page was open too long." in response.content.decode()
