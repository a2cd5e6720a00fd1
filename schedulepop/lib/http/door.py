"""Door and session: every request passes here, and what fails leaves as one of our own errors.

Nothing of a request is in an error or a log but its method and its URL without the query. An error of the library is
never a cause of ours, because it holds the request with its headers.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import httpcore2
import httpx2

from schedulepop.lib.http import hitch, tls
from schedulepop.lib.http.addresses import PublicBackend, Resolve, resolve
from schedulepop.lib.http.answer import Answer, read, refusal, unpacked
from schedulepop.lib.http.auth import Auth
from schedulepop.lib.http.errors import ConnectorError, RefusedAddressError, SourceBusyError
from schedulepop.lib.http.hitch import Hitch
from schedulepop.lib.http.limits import Limits

LONGEST_NAP = 120  # seconds that are slept through; a longer wait is the caller's
Params = Iterable[tuple[str, str]]

for _name in ("httpx2", "httpcore2", "httpcore2.connection", "httpcore2.http11", "httpcore2.proxy"):
    logging.getLogger(_name).disabled = True  # they write whole URLs and headers


def _no_log(event: str, **fields: Any) -> None:
    """Where nobody listens."""


@dataclass(frozen=True, slots=True)
class Door:
    """What this installation allows, and what a fetch brings along: its limits, its pace, its log."""

    limits: Limits = field(default_factory=Limits)
    allowed: tuple[str, ...] = ()  # private hosts and networks that may be called, also without TLS
    routes: Mapping[str, str] = field(default_factory=dict)  # origin → another one: a gateway, a stub
    authorities: str = field(default="", repr=False)  # PEM of further roots
    pace: Callable[[], None] = lambda: None  # before each request: waits its turn, or raises SourceBusyError
    log: Callable[..., None] = _no_log
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    resolve: Resolve = resolve

    def session(
        self,
        base: str,
        *,
        title: str,
        auth: Auth | None = None,
        certificate: tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Session:
        """Requests to the host of `base`, in whose path they lie. Raises RefusedAddressError, CertificateError."""
        return Session(self, base, title, auth, tls.context(title, certificate, self.authorities), headers)


class Session:
    """Requests to one host, one after the other. A context manager; `title` is the platform's name in sentences."""

    def __init__(
        self,
        door: Door,
        base: str,
        title: str,
        auth: Auth | None,
        context: Any,
        headers: Mapping[str, str] | None,
    ) -> None:
        self.title, self._door, self._auth = title, door, auth
        self._base = self._address(base)
        self._backend = PublicBackend(door.allowed, door.resolve)
        self._ends = time.monotonic() + door.limits.total
        transport = httpx2.HTTPTransport(verify=context, trust_env=False)
        transport._pool = httpcore2.ConnectionPool(ssl_context=context, network_backend=self._backend)
        self._client = httpx2.Client(
            transport=transport, trust_env=False, follow_redirects=False, timeout=door.limits.wait
        )
        self._client.headers = httpx2.Headers(
            {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "SchedulePop"}
        )
        self._client.headers.update(dict(headers or {}))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, path: str, params: Params = (), headers: Mapping[str, str] | None = None) -> Answer:
        """The answer to a GET: a status below 300, or 304. Raises ConnectorError or SourceBusyError."""
        return self._asked(_Request("GET", self._within(path), tuple(params), headers=headers or {}))

    def stream(self, path: str, params: Params = ()) -> Iterator[bytes]:
        """The body of a GET, unpacked, as it comes and up to the limit of an answer; nothing of it is kept here.

        Once it has begun it is not asked for again: what breaks off is SourceBusyError. The limit of time for an
        answer holds for the whole of it, with what is done between its chunks.
        """
        return self._asked(_Request("GET", self._within(path), tuple(params), streamed=True)).chunks

    def sent_on(self, path: str) -> str:
        """Where a GET is redirected to, as the server writes it, or nothing. It is not followed: that the target may
        be called, and may get the credentials, is for the caller to decide.
        """
        answer = self._asked(_Request("GET", self._within(path), follows=False))
        return answer.headers.get("location", "") if answer.status >= 300 else ""

    def post(self, path: str, params: Params = (), *, json: Any = None, reads: bool = False) -> Answer:
        """The answer to a POST of JSON. Unless it only `reads`, it is repeated only when it cannot have arrived."""
        return self._asked(_Request("POST", self._within(path), tuple(params), json=json, may_repeat=reads))

    def sign_in(
        self, url: str, *, form: Any = None, json: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """A POST of credentials to an address of the connector's own, which may be another host."""
        return self._asked(
            _Request("POST", self._address(url), form=form, json=json, headers=headers or {}, signed=False)
        )

    def _asked(self, request: _Request) -> Answer:
        limits, signed_again, redirects, attempt = self._door.limits, False, 0, 0
        may_repeat = request.may_repeat or request.method == "GET"
        while True:
            attempt += 1
            sent = dict(request.headers)
            if request.signed and self._auth is not None:
                sent |= self._auth.headers(self)
            answer = self._once(replace(request, headers=sent))
            if isinstance(answer, Hitch):
                if not (answer.may_repeat or may_repeat):
                    raise SourceBusyError(answer.sentence)
                self._rest(answer, attempt, limits.tries)
            elif answer.status < 300 or answer.status == 304:
                return answer
            elif (
                answer.status == 401
                and request.signed
                and not signed_again
                and self._auth
                and self._auth.renewed()
            ):
                signed_again = True
                attempt -= 1
            elif answer.status >= 400:
                raise refusal(answer)
            elif not request.follows:
                return answer
            else:
                redirects += 1
                target = self._redirected(answer, request.url, request.method, redirects)
                request = replace(request, url=target, params=())

    def _once(self, request: _Request) -> Answer | Hitch:
        """One request. What may pass by itself is a hitch; for the rest a person is needed."""
        limits, url, started = self._door.limits, request.url, time.monotonic()
        shown = f"{url.scheme}://{url.host}{url.path}"
        if started >= self._ends:
            raise SourceBusyError(
                f"{self.title} was too slow: it took more than {limits.total / 60:.0f} minutes."
            )
        self._door.pace()
        self._backend.deadline = min(time.monotonic() + limits.answer, self._ends)
        failed: Hitch | ConnectorError | None = None
        try:
            answer = self._received(request, shown)
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, ValueError) as error:
            failed = hitch.of_error(error, self.title, url.host)
        self._door.log(
            "door.answer",
            method=request.method,
            url=shown,
            status=0 if failed else answer.status,
            seconds=round(time.monotonic() - started, 3),
        )
        if isinstance(failed, ConnectorError):
            raise failed
        if failed:
            return failed
        return hitch.of_answer(answer, self._door.now()) if answer.status in hitch.BUSY else answer

    def _received(self, request: _Request, shown: str) -> Answer:
        """The answer with its body; where it is `streamed` and a good one, with what reads the body."""
        response = self._client.send(
            self._client.build_request(
                request.method,
                request.url,
                params=list(request.params) or None,
                json=request.json,
                data=request.form,
                headers=request.headers,
            ),
            stream=True,
        )
        found = {name.lower(): value for name, value in response.headers.items()}
        encoding, limit = found.get("content-encoding", "").lower(), self._door.limits.body
        answer = Answer(self.title, shown, response.status_code, found, b"")
        if request.streamed and response.status_code < 300:
            return replace(answer, chunks=self._chunks(response, encoding, limit))
        try:
            body = read(response.iter_raw(), encoding, limit, self.title, self._in_time)
        finally:
            response.close()
        return replace(answer, body=body)

    def _chunks(self, response: httpx2.Response, encoding: str, limit: int) -> Iterator[bytes]:
        failed = None
        try:
            yield from unpacked(response.iter_raw(), encoding, limit, self.title, self._in_time)
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            failed = hitch.of_error(error, self.title, response.url.host)
        finally:
            response.close()
        if failed:
            raise failed if isinstance(failed, ConnectorError) else SourceBusyError(failed.sentence)

    def _in_time(self) -> None:
        if time.monotonic() >= self._backend.deadline:
            raise httpx2.ReadTimeout("deadline")

    def _rest(self, found: Hitch, attempt: int, tries: int) -> None:
        """Sleeps before the next attempt, or gives up with the time that the server named."""
        wait = found.wait if found.wait is not None else float(2 ** (attempt - 1))
        at = self._door.now() + timedelta(seconds=wait) if found.wait is not None else None
        if attempt >= tries or wait > LONGEST_NAP or time.monotonic() + wait >= self._ends:
            raise SourceBusyError(found.sentence, at)
        self._door.sleep(wait)

    def _redirected(self, answer: Answer, url: httpx2.URL, method: str, redirects: int) -> httpx2.URL:
        """Where a redirect leads, for a GET within the same origin."""
        try:
            target = url.join(answer.headers.get("location", ""))
        except httpx2.InvalidURL:
            target = None
        if target is None or method != "GET" or redirects > 3 or _origin(target) != _origin(url):
            raise RefusedAddressError(
                f"{self.title} sent us on to another address, which is not followed. Check the address."
            )
        return target

    def _within(self, path: str) -> httpx2.URL:
        """The URL of a path, or of a link of the platform's, which must stay on its host."""
        if "://" not in path and not path.startswith("//"):
            return self._address(f"{str(self._base).rstrip('/')}/{path.lstrip('/')}")
        url = self._address(path)
        if _origin(url) != _origin(self._base):
            raise RefusedAddressError(f"{self.title} named a link to another host, which is not followed.")
        return url

    def _address(self, text: str) -> httpx2.URL:
        """A URL that may be called at all: https, a host, no credentials in it. Routes are taken here."""
        url: httpx2.URL | None
        try:
            url = httpx2.URL(text)
            if (other := self._door.routes.get(_origin(url))) is not None:
                target = httpx2.URL(other)
                url = url.copy_with(scheme=target.scheme, host=target.host, port=target.port)
        except (httpx2.InvalidURL, ValueError):
            url = None
        if url is None or not url.host or url.userinfo or url.scheme not in ("https", "http"):
            raise RefusedAddressError(f"The address of {self.title} is none. It begins with https://.")
        if url.scheme == "http" and url.host.lower() not in self._door.allowed:
            raise RefusedAddressError(f"The address of {self.title} has to begin with https://.")
        return url


@dataclass(frozen=True, slots=True)
class _Request:
    """A request, and how its answer is dealt with."""

    method: str
    url: httpx2.URL
    params: tuple[tuple[str, str], ...] = ()
    json: Any = field(default=None, repr=False)
    form: Any = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    signed: bool = True  # by the session's sign-in
    may_repeat: bool = False
    streamed: bool = False
    follows: bool = True  # a redirect within the origin


def _origin(url: httpx2.URL) -> str:
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{url.host}{port}"
