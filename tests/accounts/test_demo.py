"""Who may be let in without a password: nobody, unless all of it is invented and nothing leads out."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from schedulepop.accounts import demo
from schedulepop.accounts.models import Organization
from tests import made

pytestmark = pytest.mark.django_db
HERE = {"SERVER_NAME": "127.0.0.1"}


@pytest.fixture
def guest(settings: Any, mailbox: Any) -> str:
    """The demo as `schedulepop demo` leaves it, and somebody whom it offers."""
    admin = made.admin(made.organization(), password=made.PASSWORD)
    made.demo(settings)
    assert demo.why_not() == ""
    return str(admin.pk)


def is_let_in(who: str, **more: str) -> bool:
    """By one click; the mailbox is open exactly then, and the page offers it exactly then."""
    client = Client(**{**HERE, **more})
    letters = client.get("/dev/mail/").status_code
    offered = "one click" in client.get("/sign-in/").content.decode()
    done = client.post("/demo-sign-in/", {"user": who}).status_code
    assert (letters, offered, done) in ((200, True, 302), (404, False, 404))
    return done == 302


def test_a_guest_of_the_demo_is_let_in(guest: str) -> None:
    assert is_let_in(guest)


def test_one_variable_opens_no_installation_of_a_customer(guest: str) -> None:
    Organization.objects.update(demo=False)
    assert not is_let_in(guest)
    assert "is in this database" in demo.why_not()


def test_a_customer_beside_the_demo_closes_it(guest: str) -> None:
    made.organization("Cedar Group")
    assert not is_let_in(guest)
    assert "Cedar Group is in this database" in demo.why_not()


def test_an_empty_database_has_no_guests(settings: Any, mailbox: Any) -> None:
    settings.DEMO = True
    assert demo.why_not() == ""
    assert not is_let_in("1")


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("EMAIL_HOST", "smtp.example.com", "SCHEDULEPOP_SMTP_HOST"),
        ("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend", "SCHEDULEPOP_SMTP_HOST"),
        ("BASE_URL", "https://sync.example.com", "SCHEDULEPOP_BASE_URL"),
        ("BASE_URL", "http://192.0.2.7:8000", "SCHEDULEPOP_BASE_URL"),
        ("BASE_URL", "http://127.0.0.1.example.com", "SCHEDULEPOP_BASE_URL"),
        ("LISTEN", "0.0.0.0", "--host"),
        ("LISTEN", "::", "--host"),
        ("LISTEN", "192.0.2.7", "--host"),
    ],
)
def test_what_leads_out_closes_it(guest: str, settings: Any, name: str, value: str, reason: str) -> None:
    setattr(settings, name, value)
    assert reason in demo.why_not()
    assert not is_let_in(guest)


def test_a_database_that_somebody_named_is_no_demo(guest: str, settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", "db.example.com")
    assert "DATABASE_URL" in demo.why_not()
    assert not is_let_in(guest)


def test_an_address_from_elsewhere_closes_it(guest: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["sync.example.com", "127.0.0.1", "localhost"]
    assert not is_let_in(guest, SERVER_NAME="sync.example.com")
    assert is_let_in(guest, SERVER_NAME="localhost")


def test_without_the_variable_it_is_closed(guest: str, settings: Any) -> None:
    settings.DEMO = False
    assert not is_let_in(guest)


@pytest.mark.parametrize(
    ("name", "here"), [("127.9.9.9", True), ("::1", True), ("", False), ("localhost.example.com", False)]
)
def test_this_machine(name: str, here: bool) -> None:
    assert demo.is_this_machine(name) is here
