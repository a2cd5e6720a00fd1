"""The door: what it waits for, what it refuses, what it repeats, and that it tells no secret."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from schedulepop.connectors.testing import Asked, Reply, Stub
from schedulepop.lib.http import Door, Limits, Session
from schedulepop.lib.http.answer import retry_after
from schedulepop.lib.http.auth import (
    ApiKeyHeader,
    Auth,
    ClientCredentials,
    Composite,
    Login,
    Rotating,
    basic,
    bearer,
)
from schedulepop.lib.http.errors import (
    ConnectorError,
    RefusedAddressError,
    SignInRefusedError,
    SourceBusyError,
    TooLargeError,
    UnreadableAnswerError,
)

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)


class Scripted(Stub):
    """Gives its replies one after the other, the last for ever; tokens as asked."""

    def __init__(self, *replies: Reply) -> None:
        super().__init__([{}])
        self.replies = list(replies)
        self.grant: dict[str, Any] = {}
        self.open = True

    def signs_in(self, asked: Asked) -> Reply | None:
        if asked.path != "/token":
            return None
        return Reply(200, {"access_token": self.token(), "expires_in": 3600, **self.grant})

    def may(self, asked: Asked) -> bool:
        return self.open or super().may(asked)

    def page(self, asked: Asked) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextmanager
def to(
    stub: Scripted, auth: Auth | None = None, limits: Limits | None = None, **door: Any
) -> Iterator[Session]:
    made = Door(limits or Limits(wait=5, answer=10), ("127.0.0.1",), now=lambda: NOW, **door)
    with stub, made.session(stub.url, title="Payroll", auth=auth) as api:
        yield api


def test_figures_stay_as_they_are_written() -> None:
    with to(Scripted(Reply(200, b'{"rate": 24.10, "id": 7, "big": 1e400}'))) as api:
        assert api.get("/a").json() == {"rate": "24.10", "id": 7, "big": "1e400"}


@pytest.mark.parametrize(
    "body", [b"NaN", b"{", b"[1,", b'{"a": "b', b"", b"<html>", b"\xff\xfe", b"1" * 5000]
)
def test_what_is_no_json_is_said(body: bytes) -> None:
    with to(Scripted(Reply(200, body))) as api, pytest.raises((UnreadableAnswerError, SourceBusyError)):
        api.get("/a").json()


def test_packed_answers_are_unpacked_and_never_beyond_the_limit() -> None:
    packed = Reply(200, gzip.compress(b'["a"]'), {"Content-Encoding": "gzip"})
    with to(Scripted(packed)) as api:
        assert api.get("/a").json() == ["a"]
    bomb = Reply(200, gzip.compress(bytes(30 * 2**20)), {"Content-Encoding": "gzip"})
    with to(Scripted(bomb), limits=Limits(body=2**20)) as api, pytest.raises(TooLargeError, match="1 MB"):
        api.get("/a")
    cut = Reply(200, gzip.compress(b"[1]" * 500)[:-9], {"Content-Encoding": "gzip"})
    with to(Scripted(cut)) as api, pytest.raises(SourceBusyError, match="middle"):
        api.get("/a")
    other = Reply(200, b"xx", {"Content-Encoding": "zstd"})
    with to(Scripted(other)) as api, pytest.raises(UnreadableAnswerError):
        api.get("/a")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("1.5", 1.5),
        ("Sun, 01 Mar 2026 06:01:30 GMT", 90.0),
        ("Sun, 01 Mar 2026 05:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("9" * 40, None),
    ],
)
def test_a_wait_is_seconds_or_a_date_or_nothing(text: str, seconds: float | None) -> None:
    assert retry_after(text, NOW) == seconds


def test_waits_grow_where_the_server_names_none() -> None:
    slept: list[float] = []
    with to(Scripted(Reply(502), Reply(500), Reply(503), Reply(200, [])), sleep=slept.append) as api:
        assert api.get("/a").json() == []
    assert slept == [1.0, 2.0, 4.0]


def test_a_post_is_not_repeated_when_it_may_have_arrived() -> None:
    stub = Scripted(Reply(500), Reply(200, {}))
    with to(stub, sleep=lambda _: None) as api, pytest.raises(SourceBusyError):
        api.post("/orders", json={"a": 1})
    assert len(stub.asked) == 1
    stub = Scripted(Reply(500), Reply(200, {}))
    with to(stub, sleep=lambda _: None) as api:
        assert api.post("/report", json={"a": 1}, reads=True).status == 200
    stub = Scripted(Reply(503), Reply(200, {}))
    with to(stub, sleep=lambda _: None) as api:
        assert api.post("/orders", json={"a": 1}).status == 200


def test_redirects_stay_within_the_origin() -> None:
    stub = Scripted(Reply(301, b"", {"Location": "/v2/a"}), Reply(200, [1]))
    with to(stub) as api:
        assert api.get("/a").json() == [1]
    assert [one.path for one in stub.asked] == ["/a", "/v2/a"]
    for target in ("http://127.0.0.1:1/a", "//elsewhere.example/a", "https://127.0.0.1/a", "http://[::1", ""):
        loop = Scripted(Reply(302, b"", {"Location": target}))
        with to(loop) as api, pytest.raises(RefusedAddressError):
            api.get("/a")
        assert len(loop.asked) <= 4


@pytest.mark.parametrize(
    "link", ["https://elsewhere.example/2", "//elsewhere.example/2", "http://127.0.0.1:9/2"]
)
def test_a_link_to_another_host_is_not_followed(link: str) -> None:
    with to(Scripted(Reply(200, []))) as api, pytest.raises(RefusedAddressError):
        api.get(link)


@pytest.mark.parametrize(
    "base",
    [
        "http://payroll.example",
        "ftp://payroll.example",
        "payroll",
        "https://",
        "https://u:p@h.example",
    ],
)
def test_an_address_that_is_none_is_refused_before_anything_is_sent(base: str) -> None:
    with pytest.raises(RefusedAddressError):
        Door().session(base, title="Payroll")


def test_every_request_takes_its_turn() -> None:
    turns: list[int] = []
    with to(Scripted(Reply(503), Reply(200, [])), pace=lambda: turns.append(1), sleep=lambda _: None) as api:
        api.get("/a")
    assert len(turns) == 2


def test_a_whole_fetch_has_an_end_too() -> None:
    with (
        to(Scripted(Reply(200, [])), limits=Limits(total=0)) as api,
        pytest.raises(SourceBusyError, match="slow"),
    ):
        api.get("/a")


@pytest.mark.parametrize("secret", ["päß-canary", "canary\nX-Evil: 1", "canary\x00"])
def test_a_secret_that_is_no_header_is_an_error_without_it(secret: str) -> None:
    with to(Scripted(Reply(200, [])), bearer(secret)) as api:
        with pytest.raises((ConnectorError, SourceBusyError)) as raised:
            api.get("/a")
        chain = [raised.value, raised.value.__cause__, raised.value.__context__]
        assert "canary" not in "".join(map(repr, chain))


def test_logs_have_no_query_no_header_and_no_body(caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []
    caplog.set_level(logging.DEBUG)
    stub = Scripted(Reply(200, {"ssn": "canary-body"}))
    with to(stub, bearer("canary-token"), log=lambda event, **more: told.append(f"{event} {more}")) as api:
        answer = api.get("/people", [("key", "canary-query")])
        api.get(f"{stub.url}/people?key=canary-link")
    assert "canary" not in caplog.text + "".join(told) + repr(answer) + repr(bearer("canary-x"))
    assert "/people" in told[0]
    assert stub.asked[0].query == {"key": "canary-query"}
    assert stub.asked[1].query == {"key": "canary-link"}


# How one signs in -----------------------------------------------------------------------------------------


def test_fixed_credentials() -> None:
    stub = Scripted(Reply(200, []))
    both = Composite((basic("user", "canary-1"), ApiKeyHeader("US-Customer-Api-Key", "canary-2")))
    with to(stub, both) as api:
        api.get("/a")
    assert stub.asked[0].headers["us-customer-api-key"] == "canary-2"
    assert stub.asked[0].headers["authorization"] == "Basic dXNlcjpjYW5hcnktMQ=="
    assert "canary" not in repr(both)


def test_fixed_credentials_are_not_tried_twice() -> None:
    stub = Scripted(Reply(401))
    with to(stub, bearer("canary")) as api, pytest.raises(SignInRefusedError):
        api.get("/a")
    assert len(stub.asked) == 1


def test_a_token_is_used_until_shortly_before_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr("schedulepop.lib.http.auth.time.monotonic", lambda: clock[0])
    stub = Scripted(Reply(200, []))
    stub.open = False
    with stub:
        auth = ClientCredentials(f"{stub.url}/token", "id", "canary-secret", scope="people")
        with Door(allowed=("127.0.0.1",)).session(stub.url, title="Payroll", auth=auth) as api:
            api.get("/a")
            clock[0] += 3500
            api.get("/a")
            clock[0] += 60
            api.get("/a")
    assert stub.sign_ins == 2
    assert stub.asked[0].form == {"grant_type": "client_credentials", "scope": "people"}
    assert "canary" not in repr(auth)


def test_a_refresh_token_is_kept_before_the_access_token_is_used() -> None:
    stub, order = Scripted(Reply(200, [])), []
    stub.open, stub.grant = False, {"refresh_token": "canary-second"}
    with stub:
        auth = Rotating(
            f"{stub.url}/token",
            "id",
            "canary-secret",
            "canary-first",
            keep=lambda name, value: order.append((name, value, len(stub.asked))),
        )
        with Door(allowed=("127.0.0.1",)).session(stub.url, title="Payroll", auth=auth) as api:
            api.get("/a")
    assert order == [("refresh_token", "canary-second", 1)]
    assert stub.asked[0].form["refresh_token"] == "canary-first"
    assert auth.refresh_token == "canary-second"
    assert "canary" not in repr(auth)


def test_an_access_token_is_not_used_when_the_next_refresh_token_cannot_be_kept() -> None:
    stub = Scripted(Reply(200, []))
    stub.open, stub.grant = False, {"refresh_token": "canary-second"}

    def fails(name: str, value: str) -> None:
        raise SourceBusyError("The database is away.")

    with stub:
        auth = Rotating(f"{stub.url}/token", "id", "s", "first", keep=fails)
        api = Door(allowed=("127.0.0.1",)).session(stub.url, title="Payroll", auth=auth)
        with api, pytest.raises(SourceBusyError):
            api.get("/a")
    assert [one.path for one in stub.asked] == ["/token"]


@pytest.mark.parametrize("header", ["Authorization", "Authentication"])
def test_a_login_sends_its_password_once_for_a_token(header: str) -> None:
    stub = Scripted(Reply(200, []))
    stub.grant = {"data": {"jwt": "canary-jwt"}}
    with stub:
        body, path = {"user": "u", "password": "canary-pw"}, ("data", "jwt")
        auth = Login(f"{stub.url}/token", body, token=path, header=header)
        with Door(allowed=("127.0.0.1",)).session(stub.url, title="Payroll", auth=auth) as api:
            api.get("/a")
            api.get("/a")
    assert [one.path for one in stub.asked] == ["/token", "/a", "/a"]
    assert json.loads(stub.asked[0].body)["password"] == "canary-pw"
    sent = stub.asked[1].headers
    assert {name: sent[name] for name in sent if name.startswith("auth")} == {
        header.lower(): "Bearer canary-jwt"
    }
    assert "canary" not in repr(auth)
