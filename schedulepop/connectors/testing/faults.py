"""What can go wrong with an answer, by name: a reply becomes another reply, or something no server should do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of a stub. `body` other than bytes is sent as JSON; the rest is what a bad server does with it."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False  # the connection breaks off in the middle of the body
    drip: str = ""  # "body" or "head": a byte at a time
    silent: bool = False  # never answers
    oversize: int = 0  # bytes that are sent instead, packed small

    def content(self) -> bytes:
        """The body as it is sent."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body or b""
        return json.dumps(self.body).encode()


@dataclass(slots=True)
class Fault:
    """What happens to data requests from number `at` on (the first is 1), `times` times."""

    name: str
    at: int = 1
    times: int = 10**9

    def applies(self, number: int) -> bool:
        return self.at <= number < self.at + self.times


LOGIN_PAGE = b"<!DOCTYPE html><html><title>Sign in</title><body>Please sign in.</body></html>"
ELSEWHERE = "http://169.254.169.254/latest/meta-data/"


def _cut_json(reply: Reply) -> Reply:
    content = reply.content()
    return replace(reply, body=content[: len(content) * 2 // 3])


def _status(status: int, **headers: str) -> Callable[[Reply], Reply]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda reply: Reply(status, {"error": {"code": status}}, named)


CHANGES: dict[str, Callable[[Reply], Reply]] = {
    "cut_json": _cut_json,
    "broken_off": lambda reply: replace(reply, cut=True),
    "login_page": lambda reply: Reply(200, LOGIN_PAGE, {"Content-Type": "text/html"}),
    "no_json": lambda reply: Reply(200, b"OK"),
    "other_shape": lambda reply: Reply(200, {"message": "hello"}),
    "deep_json": lambda reply: Reply(200, b"[" * 100_000),
    "bad_request": _status(400),
    "unauthorized": _status(401),
    "forbidden": _status(403),
    "not_found": _status(404),
    "not_enabled": _status(413),
    "too_many": _status(429),
    "too_many_for_2_seconds": _status(429, Retry_After="2"),
    "too_many_for_an_hour": _status(429, Retry_After="3600"),
    "server_error": _status(500),
    "unavailable": _status(503),
    "unavailable_for_2_seconds": _status(503, Retry_After="2"),
    "silent": lambda reply: replace(reply, silent=True),
    "drip": lambda reply: replace(reply, drip="body"),
    "drip_head": lambda reply: replace(reply, drip="head"),
    "oversize": lambda reply: replace(reply, oversize=12 * 2**20),
    "redirect": lambda reply: Reply(302, b"", {"Location": ELSEWHERE}),
}
"""By name; `nobody`, `endless`, `shuffled`, `repeated` and `changed` are the stub's own (see there)."""
