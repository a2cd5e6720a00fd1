"""ADP takes nobody without a client certificate: the same stub behind TLS that demands one, for tokens and for data."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import trustme

from schedulepop.connectors import source_of
from schedulepop.connectors.adp_wfn import ADP_WFN
from schedulepop.connectors.spool import collect
from schedulepop.lib.http import Door
from schedulepop.lib.http.errors import CertificateError
from tests.connectors.adp_wfn import certificates, test_adp_wfn
from tests.connectors.adp_wfn.stub import AdpStub

RECORDING = test_adp_wfn.TestAdp.RECORDING


@contextmanager
def adp() -> Iterator[tuple[AdpStub, Door]]:
    """The stub, and a door that knows its authority and leads there."""
    with AdpStub(RECORDING) as stub:
        server, context = stub._server, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificates.authority().issue_cert("adp.internal").configure_cert(context)
        certificates.authority().configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        here = f"https://adp.internal:{server.server_address[1]}"
        yield (
            stub,
            Door(
                allowed=("adp.internal",),
                routes=dict.fromkeys(AdpStub.ORIGINS, here),
                authorities=certificates.authority().cert_pem.bytes().decode(),
                resolve=lambda host, port: ["127.0.0.1"],
            ),
        )


def test_everybody_comes_over_mutual_tls() -> None:
    config, secrets = test_adp_wfn.TestAdp.CONFIG, test_adp_wfn.TestAdp.SECRETS
    with adp() as (stub, door), source_of(ADP_WFN, config, secrets, door=door) as source:
        assert collect(ADP_WFN, source).people == len(RECORDING)
        assert ADP_WFN.check(source).ok
    assert stub.sign_ins == 2


def test_a_certificate_of_somebody_else_is_refused_before_any_credential_is_read() -> None:
    issued = trustme.CA().issue_cert("other@maplehealth.example")
    pem = issued.cert_chain_pems[0].bytes().decode(), issued.private_key_pem.bytes().decode()
    secrets = test_adp_wfn.TestAdp.SECRETS | {"certificate": pem[0], "private_key": pem[1]}
    config = test_adp_wfn.TestAdp.CONFIG
    with adp() as (stub, door), source_of(ADP_WFN, config, secrets, door=door) as source:
        with pytest.raises(CertificateError, match="refused"):
            ADP_WFN.check(source)
        assert not stub.asked
