"""Which addresses a connector may call: public ones, and what the installation allows."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import httpcore2
import pytest

from schedulepop.connectors.testing import Asked, Reply, Stub
from schedulepop.lib.http import Door, Limits
from schedulepop.lib.http.addresses import PublicBackend, is_public
from schedulepop.lib.http.errors import RefusedAddressError, SourceBusyError

PRIVATE = (
    *("127.0.0.1", "127.8.8.8", "10.0.0.5", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("0.0.0.0", "0.1.2.3", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fc00::1", "fd12::9", "ff02::1", "fec0::1", "2001:db8::1", "::ffff:127.0.0.1"),
    *(
        "::ffff:10.0.0.1",
        "::ffff:a9fe:a9fe",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
    ),
    *("2002:a9fe:a9fe::", "2001:0:5ef5:79fd:0:59d:80ff:fffe"),
)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses(address: str) -> None:
    assert is_public(ip_address(address))


WAYS = (
    *(
        "localhost",
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "0177.0.0.1",
        "2130706433",
        "[::1]",
        "[::ffff:7f00:1]",
        "0",
    ),
    *("169.254.169.254", "[fe80::1]", "127.0.0.1.", "LOCALHOST"),
)


@pytest.mark.parametrize("host", WAYS)
def test_every_way_to_write_a_private_address_is_refused(host: str) -> None:
    def call(port: str) -> None:
        with Door().session(f"https://{host}:{port}", title="Payroll") as api:
            api.get("/")

    with Stub([{}]) as stub:
        with pytest.raises((RefusedAddressError, SourceBusyError)) as raised:
            call(stub.url.rpartition(":")[2])
        assert not stub.asked
    assert isinstance(raised.value, RefusedAddressError) or "cannot be reached" in str(raised.value)


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    backend = PublicBackend(resolve=lambda host, port: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(RefusedAddressError):
        backend.judged("payroll.example", 443)


def test_a_name_is_resolved_once_and_that_address_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the second answer would be private."""
    answers = [["203.0.113.7"], ["127.0.0.1"]]
    called: list[str] = []

    def connect(self: object, host: str, *_: object, **__: object) -> None:
        called.append(host)
        raise httpcore2.ConnectError("nobody there")

    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", connect)
    monkeypatch.setattr("schedulepop.lib.http.addresses.is_public", lambda address: str(address)[:3] != "127")
    door = Door(resolve=lambda host, port: answers.pop(0), limits=Limits(tries=1))
    with door.session("https://payroll.example", title="Payroll") as api, pytest.raises(SourceBusyError):
        api.get("/")
    assert called == ["203.0.113.7"]
    assert len(answers) == 1


@pytest.mark.parametrize("allowed", [("127.0.0.0/8", "payroll.internal"), ("payroll.internal",)])
def test_an_installation_may_allow_a_host_or_a_network(allowed: tuple[str, ...]) -> None:
    class Open(Stub):
        def may(self, asked: Asked) -> bool:
            return asked.headers["host"].startswith("payroll.internal:")

        def page(self, asked: Asked) -> Reply:
            return Reply(200, {"ok": True})

    with Open([{}]) as stub:
        port = stub.url.rpartition(":")[2]
        door = Door(allowed=allowed, resolve=lambda host, port: ["127.0.0.1"])
        with door.session(f"http://payroll.internal:{port}", title="Payroll") as api:
            assert api.get("/").json() == {"ok": True}
        with pytest.raises(RefusedAddressError, match="https"):
            replace(door, allowed=("127.0.0.0/8",)).session(
                f"http://payroll.internal:{port}", title="Payroll"
            )


def test_the_pool_is_ours() -> None:
    """httpx2 has no public way to set a network backend: this fails when it stores its pool elsewhere."""
    with Door().session("https://payroll.example", title="Payroll") as api:
        transport = api._client._transport_for_url(api._base)
        assert transport._pool._network_backend is api._backend
