"""Between the server and Django: clients wait here, as slowly as they like, and never in a thread (ADR 0014).

A request is handed to a thread when all of it has come, and the thread is free again before the first byte of the
answer leaves. Up to 64 KB are read from anybody; before more is read, `Bodies` is asked by the headers alone, and what
it refuses is answered at once. What comes then goes into an unnamed file of the state folder.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, NamedTuple

from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from schedulepop.web.shell.bodies import SIGNED_IN, SIGNED_OUT, Admitted, length, unnamed_file

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

THREADS = 4  # per process
FORM_SECONDS, UPLOAD_SECONDS = 60, 900
"""In what time a body has to be there; after that 408."""
LINGER_SECONDS, LINGER_PAUSE = 5, 0.005
"""How long we go on throwing away a refused body, for who is still sending reads no answer; with pauses between two
pieces (of 256 KB at most), so that it costs readers nothing."""


class Answer(NamedTuple):
    """A response in whole."""

    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes


class Body:
    """What a client sends, read once, counted, kept in memory as long as it is small."""

    def __init__(self, receive: Receive, declared: int) -> None:
        self._receive = receive
        self.size = 0
        self.expected = declared  # at least so much comes, as far as is known
        self.ended = False
        self.file: IO[bytes] = io.BytesIO()

    async def read(self) -> None:
        """The next piece. Raises ConnectionError when the client has gone: half a body is no request."""
        piece = await self._next()
        if self.size + len(piece) > SIGNED_OUT and isinstance(self.file, io.BytesIO):
            small, self.file = self.file, unnamed_file()
            self.file.write(small.getvalue())
        self.file.write(piece)

    async def throw_away_rest(self) -> None:
        """Reads on for a while, keeping nothing."""
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                while not self.ended:
                    await self._next()
                    await asyncio.sleep(LINGER_PAUSE)
        except (TimeoutError, ConnectionError):
            pass

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError
        piece: bytes = message.get("body", b"")
        self.size += len(piece)
        self.expected = max(self.expected, self.size)
        self.ended = not message.get("more_body", False)
        return piece


class Front(BaseHandler):
    """An ASGI application around Django's synchronous handler."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="page")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request; anything but HTTP is not spoken here."""
        if scope["type"] != "http":
            return
        scope = {**scope, "query_string": scope["query_string"].decode("utf-8", "replace")}
        body = Body(receive, _declared(scope))
        try:
            answer = await self._answer(scope, body)
        except ConnectionError:
            return
        finally:
            body.file.close()
        headers = answer.headers if body.ended else [*answer.headers, (b"connection", b"close")]
        content = b"" if scope["method"] == "HEAD" or answer.status in (204, 304) else answer.content
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": content})
        await body.throw_away_rest()

    async def _answer(self, scope: Message, body: Body) -> Answer:
        in_thread, limit = asyncio.get_running_loop().run_in_executor, SIGNED_OUT
        try:
            async with asyncio.timeout(FORM_SECONDS) as patience:
                while not body.ended:
                    if body.expected > limit:
                        asked = await in_thread(self._threads, self._ask, scope, body.expected)
                        if isinstance(asked, Answer):
                            return asked
                        limit = asked
                        if limit > SIGNED_IN:
                            patience.reschedule(asyncio.get_running_loop().time() + UPLOAD_SECONDS)
                    await body.read()
        except TimeoutError:
            return Answer(408, [(b"content-length", b"0")], b"")
        body.file.seek(0)
        return await in_thread(self._threads, self._work, scope, body.file, body.size)

    def _ask(self, scope: Message, expected: int) -> int | Answer:
        """How much this client may send there, or the answer that it may not."""
        request = _request(scope, io.BytesIO(), expected)
        request.body_waits = True  # type: ignore[attr-defined]
        response = self._respond(scope, request)
        return response.limit if isinstance(response, Admitted) else _in_memory(response)

    def _work(self, scope: Message, file: IO[bytes], size: int) -> Answer:
        return _in_memory(self._respond(scope, _request(scope, file, size)))

    def _respond(self, scope: Message, request: ASGIRequest) -> HttpResponseBase:
        set_script_prefix("/")
        request_started.send(sender=type(self), scope=scope)
        return self.get_response(request)


def _declared(scope: Message) -> int:
    return length(dict(scope["headers"]).get(b"content-length", b"0").decode("latin-1"))


def _request(scope: Message, file: IO[bytes], size: int) -> ASGIRequest:
    request = ASGIRequest(scope, file)
    request.META["CONTENT_LENGTH"] = str(size)  # a chunked body has none of its own
    return request


def _in_memory(response: HttpResponseBase) -> Answer:
    """The response in memory: no page is so large, and whoever reads it slowly keeps nothing else."""
    try:
        content = b"".join(response)
    finally:
        response.close()
    headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    headers += [
        (b"Set-Cookie", cookie.OutputString().encode("ascii")) for cookie in response.cookies.values()
    ]
    if not response.has_header("Content-Length"):
        headers.append((b"Content-Length", str(len(content)).encode()))
    return Answer(response.status_code, headers, content)
