"""A platform on this machine: a real server in a thread, which speaks one dialect and can be told to misbehave.

A dialect says how one signs in, what a page of it looks like, and how a recorded person becomes many.
"""

from __future__ import annotations

import json
import random
import threading
import zlib
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl, urlsplit

from schedulepop.connectors.testing.faults import CHANGES, Fault, Reply

Record = dict[str, Any]
SILENCE = 6.0  # seconds that a silent or dripping answer takes; whoever has a deadline is gone long before


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str] = field(repr=False)  # lower-case names
    body: bytes = field(repr=False, default=b"")

    @property
    def form(self) -> dict[str, str]:
        """A form that was sent."""
        return dict(parse_qsl(self.body.decode()))

    @property
    def json(self) -> Any:
        """JSON that was sent."""
        return json.loads(self.body or b"null")


class Stub:
    """The frame of a dialect. A context manager; `routes` leads the platform's origins here.

    `count` people are made of the `recording`, one after the other. `faults` hit data requests; `dies_after`: how many
    data requests a token lives.
    """

    ORIGINS: ClassVar[tuple[str, ...]] = ()
    TELLS_TOTAL: ClassVar[bool] = True  # whether the platform says how many people there are

    def __init__(self, recording: list[Record], count: int | None = None, *faults: Fault) -> None:
        self.recording, self.count = recording, len(recording) if count is None else count
        self.faults, self.dies_after = faults, 10**9
        self.asked: list[Asked] = []
        self.data_requests = self.sign_ins = 0
        self.most = 10**6  # people on a page, where the platform would give more
        self.waited_out = False  # whether a silent or dripping answer was waited for to its end
        self.left = threading.Event()  # nobody waits for this server any more
        self._tokens: dict[str, int] = {}
        self._order = list(range(self.count))

    def tells(self, records: list[Record]) -> None:
        """From now on it has these people, as they stand."""
        self.recording, self.count = records, len(records)
        self._order = list(range(self.count))

    # What a dialect says ------------------------------------------------------------------------------------

    def signs_in(self, asked: Asked) -> Reply | None:
        """The answer to a request for a token; None for all others."""
        return None

    def may(self, asked: Asked) -> bool:
        """Whether a data request has valid credentials: a living token, unless a dialect says otherwise."""
        return self.alive(asked.headers.get("authorization", "").removeprefix("Bearer "))

    def page(self, asked: Asked) -> Reply:
        """The answer to a data request."""
        raise NotImplementedError

    def nobody(self) -> Reply:
        """How the platform says that there is nobody (any more)."""
        return Reply(204)

    @staticmethod
    def numbered(record: Record, number: int) -> Record:
        """A copy of a record as another person's, told apart by this number."""
        raise NotImplementedError

    @staticmethod
    def changed(record: Record) -> Record:
        """The same person's record with another last name."""
        raise NotImplementedError

    @staticmethod
    def without(record: Record, permission: str) -> Record:
        """The record as somebody sees it who lacks this permission."""
        raise NotImplementedError

    # What a dialect uses ------------------------------------------------------------------------------------

    def token(self) -> str:
        """A new token, as secret as a real one."""
        self.sign_ins += 1
        name = f"canary-token-{self.sign_ins}"
        self._tokens[name] = self.dies_after
        return name

    def alive(self, token: str) -> bool:
        """Whether this token may be used once more."""
        left = self._tokens.get(token, 0)
        self._tokens[token] = left - 1
        return left > 0

    def records(self, start: int, size: int) -> list[Record]:
        """The people from this place on. An endless platform begins anew."""
        if self._has("endless"):
            return [self._person(place % self.count) for place in range(start, start + size)]
        places = self._order[start : start + size]
        if (
            self._has("repeated") and start
        ):  # somebody was put in before, so that the last of the page came again
            places = self._order[max(0, start - 1) : start + size]
        people = [self._person(place) for place in places]
        if self._has("changed") and start:
            people = [self.changed(self._person(self._order[0])), *people]
        return people

    @property
    def total(self) -> int:
        """How many people there are, as the platform says; an endless one says many."""
        return 999_999 if self._has("endless") else self.count

    def person(self, number: int) -> Record:
        """The person of this number, for platforms that are asked one by one."""
        return self._person(number)

    # The server ---------------------------------------------------------------------------------------------

    def _person(self, place: int) -> Record:
        record = self.recording[place % len(self.recording)]
        if place < len(self.recording):
            return record
        return self.numbered(record, place)

    def _has(self, name: str) -> bool:
        return any(fault.name == name and fault.applies(self.data_requests) for fault in self.faults)

    def answered(self, asked: Asked) -> Reply:
        """The answer with everything that is wrong with it."""
        self.asked.append(asked)
        if (reply := self.signs_in(asked)) is not None:
            return reply
        self.data_requests += 1
        if self._has("shuffled") and self.data_requests == 1:
            random.Random(7).shuffle(self._order)  # noqa: S311 (an order, no secret)
        if not self.may(asked):
            return Reply(401, {"error": "unauthorized"})
        reply = self.nobody() if self._has("nobody") else self.page(asked)
        for fault in self.faults:
            if fault.name in CHANGES and fault.applies(self.data_requests):
                reply = CHANGES[fault.name](reply)
        return reply

    def __enter__(self) -> Self:
        stub = self

        class Handler(_Handler):
            def _answered(self, asked: Asked) -> Reply:
                return stub.answered(asked)

            def _patience(self, seconds: float) -> None:
                stub.left.wait(seconds)

            def _waited_out(self) -> None:
                stub.waited_out = stub.waited_out or not stub.left.is_set()

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads, self._server.block_on_close = True, False
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.left.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def routes(self) -> dict[str, str]:
        """The platform's origins → here, for a Door."""
        return dict.fromkeys(self.ORIGINS, self.url)


class _Handler(BaseHTTPRequestHandler):
    """Writes replies, bad ones too."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _answered(self, asked: Asked) -> Reply:
        raise NotImplementedError

    def _patience(self, seconds: float) -> None:
        raise NotImplementedError

    def _waited_out(self) -> None:
        raise NotImplementedError

    def log_message(self, *_: object) -> None:
        """Silent: a test reads what came from the stub."""

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self._answered(Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body))
        try:
            self._write(reply)
        except OSError:  # the other side had enough
            self.close_connection = True

    do_GET = do_POST = _serve  # noqa: N815 (names of the standard library)

    def _write(self, reply: Reply) -> None:
        self.close_connection = bool(reply.silent or reply.cut or reply.drip or reply.oversize)
        content = reply.content()
        if reply.silent:
            self._patience(SILENCE)
            self._waited_out()
            return
        if reply.oversize:
            content = _packed(reply.oversize)
        head = f"HTTP/1.1 {reply.status} X\r\n"
        named = {"Content-Type": "application/json", "Content-Length": str(len(content)), **reply.headers}
        if reply.oversize:
            named["Content-Encoding"] = "gzip"
        if reply.status == 204:
            del named["Content-Length"]
        head += "".join(f"{name}: {value}\r\n" for name, value in named.items()) + "\r\n"
        if reply.drip == "head":
            self._drip(head.encode())
        self.wfile.write(head.encode())
        if reply.drip == "body":
            self._drip(content)
        self.wfile.write(content[: len(content) // 2] if reply.cut else content)

    def _drip(self, content: bytes) -> None:
        for place in range(min(len(content), 60)):
            self.wfile.write(content[place : place + 1])
            self.wfile.flush()
            self._patience(SILENCE / 60)
        self._waited_out()


def _packed(size: int) -> bytes:
    pack = zlib.compressobj(9, wbits=31)
    block = bytes(2**20)
    return b"".join(pack.compress(block) for _ in range(size // len(block))) + pack.flush()
