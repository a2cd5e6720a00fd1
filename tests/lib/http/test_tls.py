"""TLS at the door: the name is checked although an address is called, and a server may demand our certificate."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import trustme

from schedulepop.connectors.testing import Asked, Reply, Stub
from schedulepop.lib.http import Door, Limits
from schedulepop.lib.http.errors import CertificateError


class Secured(Stub):
    def may(self, asked: Asked) -> bool:
        return True

    def page(self, asked: Asked) -> Reply:
        return Reply(200, {"ok": True})


CA, OTHER = trustme.CA(), trustme.CA()
ROOT = CA.cert_pem.bytes().decode()


def pem(ca: trustme.CA, name: str) -> tuple[str, str]:
    issued = ca.issue_cert(name)
    return issued.cert_chain_pems[0].bytes().decode(), issued.private_key_pem.bytes().decode()


@contextmanager
def serving(name: str, demands: bool = False) -> Iterator[int]:
    with Secured([{}]) as stub:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        CA.issue_cert(name).configure_cert(context)
        if demands:
            CA.configure_trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
        stub._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        stub._server.socket = context.wrap_socket(
            stub._server.socket, server_side=True, do_handshake_on_connect=False
        )
        yield stub._server.server_address[1]


def asked(port: int, authorities: str = ROOT, certificate: tuple[str, str] | None = None) -> object:
    door = Door(
        Limits(tries=1, wait=5),
        ("payroll.internal",),
        authorities=authorities,
        resolve=lambda host, port: ["127.0.0.1"],
    )
    with door.session(f"https://payroll.internal:{port}", title="Payroll", certificate=certificate) as api:
        return api.get("/").json()


def test_the_name_is_checked_although_the_address_is_called() -> None:
    with serving("payroll.internal") as port:
        assert asked(port) == {"ok": True}
    with serving("someone.else") as port, pytest.raises(CertificateError):
        asked(port)
    with serving("payroll.internal") as port, pytest.raises(CertificateError):
        asked(port, authorities="")


def test_a_server_that_demands_a_certificate_gets_ours() -> None:
    with serving("payroll.internal", demands=True) as port:
        assert asked(port, certificate=pem(CA, "us@maplehealth.example")) == {"ok": True}
        with pytest.raises(CertificateError):
            asked(port)
        with pytest.raises(CertificateError):
            asked(port, certificate=pem(OTHER, "us@maplehealth.example"))


@pytest.mark.parametrize("wrong", ["text", "key", "empty", "locked"])
def test_a_certificate_that_cannot_be_used_is_said_without_showing_it(wrong: str) -> None:
    certificate, key = pem(CA, "a@b.example")
    other = pem(CA, "c@d.example")[1]
    locked = key.replace("-----\n", "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n", 1)
    given = {
        "text": ("canary", "canary"),
        "key": (certificate, other),
        "empty": ("", ""),
        "locked": (certificate, locked),
    }
    with pytest.raises(CertificateError) as raised:
        Door().session("https://payroll.example", title="Payroll", certificate=given[wrong])
    assert "canary" not in str(raised.value)
    assert raised.value.__cause__ is None
