"""A file at an address: sign-ins, the same file again, its time, and whatever a server does instead."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import trustme

from schedulepop.connectors import source_of
from schedulepop.connectors.contract import (
    ConnectorError,
    Limits,
    NotFoundError,
    NotGrantedError,
    SignInRefusedError,
    SourceBusyError,
)
from schedulepop.connectors.https import HTTPS
from schedulepop.connectors.spool import Collected, collect
from schedulepop.connectors.testing import Asked, Fault, Reply, Stub
from schedulepop.connectors.testing.running import IMPATIENT, QUICK, chain
from schedulepop.lib.http import Door
from schedulepop.lib.http.errors import RefusedAddressError, TooLargeError

NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
STAFF = b"Employee ID,First Name\n00412,Rosa\n"
WRITTEN = "Sat, 28 Nov 2026 22:15:00 GMT"
SECRET = "canary-secret-4711"
BASIC = "Basic cGF5cm9sbDpjYW5hcnktc2VjcmV0LTQ3MTE="


class Server(Stub):
    """One file, with the headers of `told`."""

    told: dict[str, str]
    wants: dict[str, str]

    def may(self, asked: Asked) -> bool:
        return all(asked.headers.get(name) == value for name, value in self.wants.items())

    def page(self, asked: Asked) -> Reply:
        etag, written = self.told.get("ETag"), self.told.get("Last-Modified")
        if (etag and asked.headers.get("if-none-match") == etag) or (
            written and asked.headers.get("if-modified-since") == written
        ):
            return Reply(304)
        return Reply(200, STAFF, {"Content-Type": "text/csv", **self.told})


@contextmanager
def serving(
    *faults: Fault, told: dict[str, str] | None = None, wants: dict[str, str] | None = None
) -> Iterator[Server]:
    stub = Server([{}], None, *faults)
    stub.told, stub.wants = told or {}, wants or {}
    with stub:
        yield stub


def fetched(
    stub: Stub,
    cursor: dict[str, str] | None = None,
    *,
    secrets: dict[str, str] | None = None,
    limits: Limits = QUICK,
    path: str = "/out/staff.csv?for=night",
    logged: list[str] | None = None,
    **config: Any,
) -> tuple[Collected, list[bytes]]:
    said = [] if logged is None else logged
    door = Door(
        allowed=("127.0.0.1",),
        sleep=lambda seconds: None,
        now=lambda: NOW,
        log=lambda event, **fields: said.append(f"{event} {fields}"),
    )
    connector = replace(HTTPS, limits=limits)
    with source_of(connector, {"url": stub.url + path, **config}, secrets or {}, door=door) as source:
        found = collect(connector, source, cursor)
        return found, [file.path.read_bytes() for file in found.files]


# What is read -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "wants"),
    [
        ({}, {}),
        ({"sign_in": "basic", "user": "payroll"}, {"authorization": BASIC}),
        ({"sign_in": "bearer"}, {"authorization": f"Bearer {SECRET}"}),
        ({"sign_in": "header", "header": "X-Key"}, {"x-key": SECRET}),
    ],
    ids=["none", "basic", "bearer", "header"],
)
def test_the_file_is_read_with_each_sign_in(config: dict[str, Any], wants: dict[str, str]) -> None:
    with serving(wants=wants, told={"Last-Modified": WRITTEN}) as stub:
        found, content = fetched(stub, secrets={"password": SECRET}, **config)
        assert content == [STAFF]
        assert found.files[0].name == "staff.csv"
        assert found.files[0].source_time == datetime(2026, 11, 28, 22, 15, tzinfo=UTC)
        if wants:
            with pytest.raises((SignInRefusedError, ConnectorError)):
                fetched(stub, secrets={"password": "canary-other"}, **config)


def test_a_client_certificate_is_shown_to_a_server_that_demands_it() -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("client.example")
    pair = {
        "certificate": issued.cert_chain_pems[0].bytes().decode(),
        "private_key": issued.private_key_pem.bytes().decode(),
    }
    with serving() as stub:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("files.example").configure_cert(context)
        authority.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
        server = stub._server
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        door = Door(
            allowed=("files.example",),
            authorities=authority.cert_pem.bytes().decode(),
            resolve=lambda host, port: ["127.0.0.1"],
        )
        config = {
            "url": f"https://files.example:{server.server_address[1]}/staff.csv",
            "sign_in": "certificate",
        }
        with source_of(HTTPS, config, pair, door=door) as source:
            assert collect(HTTPS, source).files[0].path.read_bytes() == STAFF
        with (
            source_of(HTTPS, config, {}, door=door) as source,
            pytest.raises(ConnectorError, match="certificate"),
        ):
            collect(HTTPS, source)


@pytest.mark.parametrize(
    "told", [{"ETag": '"a1"'}, {"Last-Modified": WRITTEN}, {"ETag": 'W/"b"', "Last-Modified": WRITTEN}]
)
def test_the_same_file_is_not_sent_twice(told: dict[str, str]) -> None:
    with serving(told=told) as stub:
        first, _ = fetched(stub)
        again, _ = fetched(stub, {"stable_id": first.files[0].stable_id})
        assert again.files == ()
        stub.told = {"ETag": '"other"', "Last-Modified": "Sun, 29 Nov 2026 01:00:00 GMT"}
        assert len(fetched(stub, {"stable_id": first.files[0].stable_id})[0].files) == 1


@pytest.mark.parametrize(
    ("told", "path", "config", "name", "at"),
    [
        ({}, "/staff.csv", {}, "staff.csv", NOW),
        ({"Last-Modified": "yesterday"}, "/staff.csv", {}, "staff.csv", NOW),
        (
            {"Content-Disposition": 'attachment; filename="staff_20261127.csv"', "Last-Modified": WRITTEN},
            "/download",
            {"date_in_name": "%Y%m%d"},
            "staff_20261127.csv",
            datetime(2026, 11, 27, tzinfo=UTC),
        ),
        ({"Content-Disposition": 'attachment; filename="../../etc/passwd"'}, "/x", {}, "passwd", NOW),
        ({}, "/", {}, "file", NOW),
    ],
    ids=["no time", "no date", "a date in the name", "a path as a name", "no name"],
)
def test_name_and_time_are_the_servers_or_the_settings(
    told: dict[str, str], path: str, config: dict[str, Any], name: str, at: datetime
) -> None:
    with serving(told=told) as stub:
        (file,) = fetched(stub, path=path, **config)[0].files
    assert (file.name, file.source_time) == (name, at)


# Whatever a server does -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("broken_off", SourceBusyError),
        ("unauthorized", SignInRefusedError),
        ("forbidden", NotGrantedError),
        ("not_found", NotFoundError),
        ("too_many_for_an_hour", SourceBusyError),
        ("server_error", SourceBusyError),
        ("silent", SourceBusyError),
        ("drip", SourceBusyError),
        ("drip_head", SourceBusyError),
        ("oversize", TooLargeError),
        ("redirect", RefusedAddressError),
    ],
)
def test_what_goes_wrong_is_the_right_error_and_tells_no_secret(fault: str, cause: type[Exception]) -> None:
    limits = replace(QUICK, tries=2)
    if fault in IMPATIENT:
        limits = replace(limits, wait=0.3, answer=0.6)
    logged: list[str] = []
    began = time.monotonic()
    with serving(Fault(fault)) as stub, pytest.raises(cause) as raised:
        fetched(stub, secrets={"password": SECRET}, sign_in="bearer", limits=limits, logged=logged)
    assert not stub.waited_out, "there is a deadline"
    assert time.monotonic() - began < 15
    assert str(raised.value)[-1] == "."
    assert SECRET not in str(raised.value) + chain(raised.value) + "".join(logged)
    assert "for=night" not in "".join(logged)


def test_a_private_address_is_refused() -> None:
    for resolved in ("127.0.0.1", "169.254.169.254"):
        door = Door(resolve=lambda host, port, one=resolved: [one])
        with (
            source_of(HTTPS, {"url": "https://files.example/staff.csv"}, {}, door=door) as source,
            pytest.raises(RefusedAddressError),
        ):
            collect(HTTPS, source)


@pytest.mark.parametrize(
    "url",
    ["ftp://files.example/x", "files.example/x", "https://u:canary@files.example/x", "https://", "http:///x"],
)
def test_an_address_that_is_none_is_refused_by_the_form(url: str) -> None:
    with pytest.raises(ConnectorError, match="Address") as raised:
        source_of(HTTPS, {"url": url}, {}).__enter__()
    assert "canary" not in str(raised.value) + chain(raised.value)


def test_the_check_says_what_is_there() -> None:
    with serving() as stub:
        door = Door(allowed=("127.0.0.1",))
        with source_of(HTTPS, {"url": f"{stub.url}/staff.csv"}, {}, door=door) as source:
            answer = HTTPS.check(source)
    assert (answer.ok, answer.sentence) == (True, f"staff.csv is there, {len(STAFF)} bytes.")
