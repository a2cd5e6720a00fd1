"""How a session signs in: values that give headers, and some that get themselves a token first.

None shows what it holds in its repr. A refused sign-in is `SignInRefusedError` and is never tried a second time.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from schedulepop.lib.http.answer import Answer
from schedulepop.lib.http.errors import ConnectorError, NotFoundError, NotGrantedError, SignInRefusedError

EARLY = 60  # seconds before its end at which a token is no longer used


class Session(Protocol):
    """What signing in needs of a session."""

    title: str

    def sign_in(
        self, url: str, *, form: Any = None, json: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """A POST of credentials."""


class Auth(Protocol):
    """What a session needs to know of signing in."""

    def headers(self, session: Session) -> Mapping[str, str]:
        """The headers of a request, signing in first where that is needed."""

    def renewed(self) -> bool:
        """After a 401: whether signing in once more may help; forgets the token."""


@dataclass(frozen=True, slots=True)
class ApiKeyHeader:
    """A secret in a header of its own."""

    name: str
    value: str = field(repr=False)

    def headers(self, session: Session) -> Mapping[str, str]:
        return {self.name: self.value}

    def renewed(self) -> bool:
        return False


def bearer(token: str) -> ApiKeyHeader:
    """A token that a person was given."""
    return ApiKeyHeader("Authorization", f"Bearer {token}")


def basic(user: str, password: str) -> ApiKeyHeader:
    """User and password with every request."""
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return ApiKeyHeader("Authorization", f"Basic {pair}")


@dataclass(slots=True)
class _Token:
    """A token that is got and got again. `_ask` gives its answer, as JSON."""

    _value: str = field(default="", init=False, repr=False)
    _until: float = field(default=0.0, init=False)

    def headers(self, session: Session) -> Mapping[str, str]:
        if not self._value or time.monotonic() >= self._until:
            answer = self._signed_in(session)
            self._value = _text(answer, *self._path())
            seconds = str(answer.get("expires_in") or "3600").partition(".")[0]
            lasts = int(seconds) if seconds.isdecimal() and len(seconds) < 10 else 3600
            self._until = time.monotonic() + max(lasts - EARLY, lasts // 2)
        return {self._header(): f"Bearer {self._value}"}

    def renewed(self) -> bool:
        used, self._value = self._value, ""
        return bool(used)

    def _path(self) -> tuple[str, ...]:
        return ("access_token",)

    def _header(self) -> str:
        return "Authorization"

    def _signed_in(self, session: Session) -> dict[str, Any]:
        refused = False
        try:
            answer = self._ask(session)
        except (NotGrantedError, NotFoundError, SignInRefusedError):
            refused = True
        except ConnectorError as error:
            if error.code != ConnectorError.code:
                raise
            refused = True  # 400: invalid_client, invalid_grant
        if refused:
            raise SignInRefusedError(f"{session.title} refused the sign-in. Check the credentials.")
        return answer

    def _ask(self, session: Session) -> dict[str, Any]:
        raise NotImplementedError


@dataclass(slots=True)
class ClientCredentials(_Token):
    """OAuth 2 for programs; over mutual TLS where the session has a certificate. `in_body`: no Basic header."""

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""
    in_body: bool = False

    def _ask(self, session: Session) -> dict[str, Any]:
        form = {"grant_type": "client_credentials"} | ({"scope": self.scope} if self.scope else {})
        return _granted(session, self.url, form, self.client_id, self.client_secret, self.in_body)


@dataclass(slots=True)
class Rotating(_Token):
    """OAuth 2 with a refresh token that dies with its use: `keep` has committed the next one before it is used."""

    url: str = field(repr=False)  # some platforms want a key in its query
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    keep: Callable[[str, str], None] = field(repr=False)
    name: str = "refresh_token"
    in_body: bool = True

    def _ask(self, session: Session) -> dict[str, Any]:
        form = {"grant_type": "refresh_token", "refresh_token": self.refresh_token}
        answer = _granted(session, self.url, form, self.client_id, self.client_secret, self.in_body)
        if isinstance(following := answer.get("refresh_token"), str) and following != self.refresh_token:
            self.keep(self.name, following)
            self.refresh_token = following
        return answer


@dataclass(slots=True)
class Login(_Token):
    """A user's name and password, sent once as JSON, for a token at `token` in the answer, which goes into `header`."""

    url: str
    body: Mapping[str, Any] = field(repr=False)
    token: tuple[str, ...] = ("token",)
    more: Mapping[str, str] = field(default_factory=dict, repr=False)
    header: str = "Authorization"

    def _path(self) -> tuple[str, ...]:
        return self.token

    def _header(self) -> str:
        return self.header

    def _ask(self, session: Session) -> dict[str, Any]:
        return _mapping(session.sign_in(self.url, json=self.body, headers=self.more).json())


@dataclass(frozen=True, slots=True)
class Composite:
    """Several at once: a signed-in user and a key of the customer."""

    parts: tuple[Auth, ...]

    def headers(self, session: Session) -> Mapping[str, str]:
        return {name: value for part in self.parts for name, value in part.headers(session).items()}

    def renewed(self) -> bool:
        return sum(part.renewed() for part in self.parts) > 0  # each of them, not the first


def _granted(
    session: Session, url: str, form: dict[str, str], client_id: str, client_secret: str, in_body: bool
) -> dict[str, Any]:
    if in_body:
        form, headers = form | {"client_id": client_id, "client_secret": client_secret}, {}
    else:
        headers = dict(basic(client_id, client_secret).headers(session))
    return _mapping(session.sign_in(url, form=form, headers=headers).json())


def _mapping(answer: Any) -> dict[str, Any]:
    return answer if isinstance(answer, dict) else {}


def _text(answer: Any, *path: str) -> str:
    for name in path:
        answer = _mapping(answer).get(name)
    if not isinstance(answer, str) or not answer or not answer.isascii() or not answer.isprintable():
        raise SignInRefusedError("The sign-in was answered without a token. Check the credentials.")
    return answer
