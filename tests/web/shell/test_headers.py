"""What every answer carries, and the mailbox that exists in the demo only."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from tests import made
from tests.web.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]


@pytest.mark.parametrize("path", ["/", "/users/", "/account/", "/users/0/", "/nowhere/"])
def test_nothing_may_be_loaded_framed_or_kept(world: World, client_of: ClientOf, path: str) -> None:
    response = client_of("manager").get(path)
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", ["/", "/users/", "/account/"])
def test_no_page_has_inline_style_or_script(world: World, client_of: ClientOf, path: str) -> None:
    page = client_of("manager").get(path).content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:", page)
    assert not re.search(r"""(?:src|href)=["']https?:""", page), "nothing comes from elsewhere"


def test_a_missing_page_is_designed_and_names_whom_to_ask(world: World, client_of: ClientOf) -> None:
    response = client_of("manager").get("/nowhere/")
    assert response.status_code == 404
    assert "Nothing is here." in response.content.decode()
    assert "Dana Whitfield" in response.content.decode()


def test_a_broken_page_says_so(world: World, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of("manager")
    client.raise_request_exception = False
    monkeypatch.setattr("schedulepop.web.home.start_page._greeting", lambda here: 1 / 0)
    response = client.get("/")
    assert response.status_code == 500
    assert "Something broke on our side." in response.content.decode()


def test_the_mailbox_shows_letters_and_their_links(
    client: Client, settings: Any, mailbox: ModuleType
) -> None:
    letter = mail.EmailMultiAlternatives(
        "Welcome", "Open https://x.example/set-up/abc/", "a@x.example", ["Ines <i@x.example>"]
    )
    letter.attach_alternative("<p style='color:red'>Hello</p>", "text/html")
    letter.send()
    assert client.get("/dev/mail/").status_code == 404
    made.organization()
    made.demo(settings)
    client = Client(SERVER_NAME="127.0.0.1")
    page = client.get("/dev/mail/").content.decode()
    assert 'href="https://x.example/set-up/abc/"' in page
    assert "Mailbox (1)" in page
    frame = re.search(r'src="(/dev/mail/[^"]+/)"', page)
    assert frame
    shown = client.get(frame[1])
    assert "sandbox" in shown["Content-Security-Policy"]
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert client.get("/dev/mail/").status_code == 404
