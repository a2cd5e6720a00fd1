"""A certificate authority of our own: for a client of ADP's, and for a server that demands one."""

from __future__ import annotations

from functools import cache

import trustme


@cache
def authority() -> trustme.CA:
    return trustme.CA()


@cache
def client() -> tuple[str, str]:
    """Certificate and key, as PEM."""
    issued = authority().issue_cert("client@maplehealth.example")
    return issued.cert_chain_pems[0].bytes().decode(), issued.private_key_pem.bytes().decode()
