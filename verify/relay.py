"""Between a connector and Prism: passes requests on, notes what the specification says of them, ends endless lists."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from schedulepop.connectors.testing import Asked, Reply
from verify.memory import Memory

MOST = 40
"""Requests of one fetch: Prism answers every page alike, so that lists have no end."""
NO_PATH = "NO_PATH_MATCHED"
HOP = {"host", "connection", "content-length", "accept-encoding", "transfer-encoding"}


@dataclass(frozen=True, slots=True)
class Told:
    """An answer of Prism's."""

    status: int
    headers: dict[str, str]  # lower-case names
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        """The body, or None where it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def no_path(self) -> bool:
        """Whether the specification does not know the path."""
        return self.status == 404 and NO_PATH.encode() in self.body

    @property
    def too_complex(self) -> bool:
        """Whether Prism gave up at the answer's schema: no fault of the request."""
        return self.status == 500 and b"SCHEMA_TOO_COMPLEX" in self.body

    @property
    def no_schema(self) -> bool:
        """Whether there is nothing to draw a random answer from."""
        return self.status == 500 and b"schema is not defined" in self.body

    @property
    def violations(self) -> list[str]:
        """What the request breaks, in Prism's words."""
        listed = self.headers.get("sl-violations", "[]")
        problem = self.json if "problem+json" in self.headers.get("content-type", "") else {}
        found = [*json.loads(listed), *(problem or {}).get("validation", [])]
        broken = [
            f"{'.'.join(map(str, one['location']))}: {one['message']}"
            for one in found
            if one.get("severity") == "Error" and one["location"][:1] != ["response"]
        ]
        if not broken and self.status >= 400:
            broken = [str((problem or {}).get("title") or f"HTTP {self.status}")]
        return list(dict.fromkeys(broken))


def ask(port: int, method: str, target: str, headers: dict[str, str], body: bytes = b"") -> Told:
    """One request to Prism. Segments that stand before the specification's paths (`/api`) are left out."""
    sent = {name: value for name, value in headers.items() if name.lower() not in HOP}
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request(method, target, body or None, sent)
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        told = Told(response.status, found, response.read())
        connection.close()
        shorter = "/" + target.lstrip("/").partition("/")[2]
        if not told.no_path or shorter in ("/", target):
            return told
        target = shorter


class Relay:
    """A server that a connector takes for the platform. `prefer`: Prism's header (`dynamic=true`)."""

    def __init__(
        self, port: int, prefer: str, own: Callable[[Asked], Reply | None], memory: Memory | None = None
    ) -> None:
        self._port, self._prefer, self._own, self._memory = port, prefer, own, memory or Memory()
        self.requests = 0
        self.broken: list[str] = []  # `GET /path: what`
        self.unmade: list[str] = []  # paths whose answer Prism cannot make up
        self.ended = False  # by us

    def answered(self, target: str, asked: Asked) -> Reply:
        """The stub's answer to whoever signs in, else Prism's."""
        if (reply := self._own(asked)) is not None:
            return reply
        self.requests += 1
        if self.requests > MOST:
            self.ended = True
            return Reply(503, {}, {"Retry-After": "86400"})
        headers = asked.headers | self._memory.sends
        drawn = headers | {"prefer": self._prefer} if self._prefer else headers
        told = ask(self._port, asked.method, target, drawn, asked.body)
        if told.no_schema:
            told = ask(self._port, asked.method, target, headers, asked.body)
        if told.too_complex:
            self.unmade.append(asked.path)
            return Reply(503, {}, {"Retry-After": "86400"})
        self.broken += [f"{asked.method} {asked.path}: {one}" for one in told.violations]
        kept = {
            name: value for name, value in told.headers.items() if name.startswith("x-") or name == "link"
        }
        if told.status != 200:
            return Reply(told.status, told.body, kept)
        return self._memory.completed(Reply(200, told.body, kept), asked)

    def __enter__(self) -> Self:
        relay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """Silent."""

            def _serve(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
                reply = relay.answered(self.path, asked)
                content = reply.content()
                self.send_response(reply.status)
                named = {
                    "Content-Type": "application/json",
                    **reply.headers,
                    "Content-Length": str(len(content)),
                }
                for name, value in named.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = _serve  # noqa: N815 (names of the standard library)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"
