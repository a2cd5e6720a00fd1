"""Our host, a known method, HTTPS: asked of every request before a page is."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as given
from django.test import Client

from tests.web.world import World

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]
FORM = "application/x-www-form-urlencoded"
OTHERS = ("evil.example", "127.0.0.1.evil.example", "localhost:8000@evil.example", "", "[::1", "test\tserver")


@pytest.mark.parametrize(
    "path", ["/", "/sign-in/", "/nowhere/", "/static/web/app.css", "/static/nothing.css"]
)
@pytest.mark.parametrize("host", OTHERS)
@pytest.mark.parametrize("method", ["get", "head", "post", "put"])
def test_no_other_host_is_answered(client: Client, path: str, host: str, method: str) -> None:
    answer = getattr(client, method)(path, headers={"Host": host})
    assert answer.status_code == 400
    assert host not in answer.content.decode() or not host
    if method == "get":
        assert "That was not understood." in answer.content.decode()


@pytest.mark.parametrize(
    "method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"]
)
@pytest.mark.parametrize("path", ["/", "/sign-in/", "/account/", "/static/web/app.css"])
def test_other_methods_are_closed(client: Client, method: str, path: str) -> None:
    with contextlib.closing(client.generic(method, path)) as answer:
        assert answer.status_code in ((200, 302) if method == "get" else (405,))


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "latin-1"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
@pytest.mark.parametrize("signed_in", [True, False])
def test_no_other_character_set_is_read(
    world: World, client: Client, client_of: ClientOf, charset: str, kind: str, signed_in: bool
) -> None:
    """Django would read the form by it, or break over it after the page was chosen."""
    client = client_of("admin") if signed_in else client
    client.raise_request_exception = False
    said = f"{kind}; charset={charset}"
    for answer in (
        client.generic("POST", "/theme/?next=/", b"theme=dark", content_type=said),
        client.generic("GET", "/users/?q=a", b"", CONTENT_TYPE=said),
    ):
        assert answer.status_code == 400
        assert "That was not understood." in answer.content.decode()
    utf_8 = client.generic("POST", "/theme/", b"theme=dark", content_type=f"{FORM}; charset=UTF-8")
    assert (utf_8.status_code, utf_8.cookies["theme"].value) == (302, "dark")


def test_head_is_get_without_a_body(world: World, client_of: ClientOf) -> None:
    """Also where a view tells GET from POST by itself: HEAD never writes."""
    client = client_of("admin")
    for path in ("/", "/users/", "/users/add/", f"/users/{world.ines.pk}/{world.grove.pk}/field/phone/"):
        answer = client.head(path)
        assert (answer.status_code, answer.content) == (client.get(path).status_code, b"")
    assert client.head("/sign-out/").status_code == 405


def secure(**environment: str) -> dict[str, Any]:
    """The settings of an installation with these variables."""
    names = "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE SECURE_SSL_REDIRECT SECURE_PROXY_SSL_HEADER"
    script = (
        "import json; from schedulepop import settings as s; "
        f"print(json.dumps([getattr(s, n) for n in {names.split()}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(names.split(), json.loads(done.stdout), strict=True))


def test_cookies_of_https_are_bound_to_the_host() -> None:
    plain, https = secure(), secure(SCHEDULEPOP_BASE_URL="https://sync.example")
    assert (plain["SESSION_COOKIE_NAME"], plain["CSRF_COOKIE_NAME"]) == ("session", "csrf")
    assert (https["SESSION_COOKIE_NAME"], https["CSRF_COOKIE_NAME"]) == ("__Host-session", "__Host-csrf")
    assert https["SESSION_COOKIE_SECURE"]
    assert https["SECURE_SSL_REDIRECT"]
    assert (given.SESSION_COOKIE_PATH, given.SESSION_COOKIE_DOMAIN) == ("/", None)
    assert (given.CSRF_COOKIE_PATH, given.CSRF_COOKIE_DOMAIN) == ("/", None)


@pytest.mark.parametrize(
    ("proxy", "said", "status"), [("1", "http", 301), ("1", "https", 200), ("", "https", 301)]
)
def test_plain_http_is_redirected_and_a_proxy_believed_only_when_it_is_ours(
    client: Client, settings: Any, proxy: str, said: str, status: int
) -> None:
    for name, value in secure(
        SCHEDULEPOP_BASE_URL="https://testserver", SCHEDULEPOP_BEHIND_PROXY=proxy
    ).items():
        setattr(settings, name, tuple(value) if isinstance(value, list) else value)
    answer = client.get("/sign-in/?next=/", headers={"X-Forwarded-Proto": said})
    assert answer.status_code == status
    if status == 301:
        assert answer["Location"] == "https://testserver/sign-in/?next=/"
