"""A file at an HTTPS address: fetched through the door, not again when the server says that it is the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Literal
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from schedulepop import employee
from schedulepop.connectors.contract import (
    Capabilities,
    Checked,
    Connector,
    ConnectorError,
    Cursor,
    Done,
    File,
    Form,
    Limits,
    Part,
    Source,
    Unchanged,
    UnreadableAnswerError,
    help_text,
)
from schedulepop.connectors.received_files import PgpSecrets, first_file, name_date, shown, source_time
from schedulepop.lib.formats import MAX_BYTES
from schedulepop.lib.http import Session
from schedulepop.lib.http.answer import Answer
from schedulepop.lib.http.auth import ApiKeyHeader, Auth, basic, bearer

HEADER = r"^[A-Za-z0-9-]{1,60}$"
LONGEST_MARK = 180


class Config(Form):
    """Where the file lies, and how one signs in."""

    url: str = Field(
        title="Address",
        max_length=1000,
        description="https://…",
        json_schema_extra=help_text(
            "The address of the export itself, as the vendor shows it; without a password."
        ),
    )
    sign_in: Literal["none", "basic", "bearer", "header", "certificate"] = Field(
        default="none",
        title="Sign-in",
        json_schema_extra=help_text(
            "What the vendor calls it: user and password, a token, a key in a header, mTLS."
        ),
    )
    user: str = Field(
        default="",
        title="User",
        max_length=200,
        json_schema_extra=help_text("For user and password, as the vendor gave it; empty otherwise."),
    )
    header: str = Field(
        default="X-Api-Key",
        title="Header",
        pattern=HEADER,
        json_schema_extra=help_text("For a key in a header: the header's name, as the vendor's notes say."),
    )
    date_in_name: str = name_date()

    @field_validator("url")
    @classmethod
    def _whole(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.password:
            raise ValueError("begins with https:// and has no password in it")
        return url


class Secrets(PgpSecrets):
    """What belongs to the sign-in."""

    password: SecretStr = Field(
        default=SecretStr(""),
        title="Password, token or key",
        json_schema_extra=help_text(
            "What goes with the sign-in that was chosen; empty for none and for mTLS."
        ),
    )
    certificate: SecretStr = Field(
        default=SecretStr(""),
        title="Client certificate",
        json_schema_extra=help_text("For mTLS: PEM, with its chain, as the vendor issued it.", lines=8),
    )
    private_key: SecretStr = Field(
        default=SecretStr(""),
        title="Private key of the certificate",
        json_schema_extra=help_text(
            "For mTLS: PEM, without a passphrase, as it was made for the certificate.", lines=8
        ),
    )

    @model_validator(mode="after")
    def _pair(self) -> Secrets:
        if bool(self.certificate.get_secret_value()) != bool(self.private_key.get_secret_value()):
            raise ValueError("a certificate and its private key")
        return self


def check(source: Source) -> Checked:
    """Fetches the file."""
    return first_file(fetch(source, None))


def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
    """The file, or that it is last time's. Raises ConnectorError or SourceBusyError."""
    with _session(source) as session:
        answer = session.get(_path(source), headers=_asked(cursor or {}))
    if answer.status == 304:
        yield Unchanged()
    else:
        yield _file(source, answer)
    yield Done()


def _session(source: Source) -> Session:
    config, secrets = source.config, source.secrets
    parts, word = urlsplit(config.url), secrets.password.get_secret_value()
    kinds: dict[str, Auth] = {
        "basic": basic(config.user, word),
        "bearer": bearer(word),
        "header": ApiKeyHeader(config.header, word),
    }
    if config.sign_in in kinds and not word:
        raise ConnectorError(f"{parts.hostname}: the password, token or key is missing.")
    pair = (secrets.certificate.get_secret_value(), secrets.private_key.get_secret_value())
    if config.sign_in == "certificate" and not all(pair):
        raise ConnectorError(f"{parts.hostname}: the client certificate or its private key is missing.")
    return source.http.session(
        f"{parts.scheme}://{parts.netloc}",
        title=str(parts.hostname),
        auth=kinds.get(config.sign_in),
        certificate=pair if config.sign_in == "certificate" else None,
        headers={"Accept": "*/*"},
    )


def _path(source: Source) -> str:
    parts = urlsplit(source.config.url)
    return f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"


def _asked(cursor: Cursor) -> dict[str, str]:
    """What makes a server say that nothing has changed (RFC 9110 §13.1): the mark it gave, else the time it gave."""
    if mark := str(cursor.get("stable_id") or ""):
        kind, _, value = mark.partition(" ")
        return {"If-None-Match" if kind == "etag" else "If-Modified-Since": value}
    return {}


def _file(source: Source, answer: Answer) -> File:
    if not answer.body:
        raise UnreadableAnswerError(f"{answer.title} answered without a file.")
    path = source.workdir / "file"
    path.write_bytes(answer.body)
    name = _name(source, answer)
    modified = _date(answer.headers.get("last-modified", ""))
    time = source_time(name, source.config.date_in_name, modified or source.http.now())
    mark = answer.headers.get("etag", "")
    stable = f"etag {mark}" if mark else f"time {format_datetime(modified, usegmt=True)}" if modified else ""
    return File(path, name, time, stable if len(stable) <= LONGEST_MARK and stable.isprintable() else "")


def _name(source: Source, answer: Answer) -> str:
    """The name that the server gives the file, else the last part of the address."""
    from email.message import Message

    told = Message()
    told["Content-Disposition"] = answer.headers.get("content-disposition", "")
    name = told.get_filename() or unquote(urlsplit(source.config.url).path)
    return shown(name.replace("\\", "/").rpartition("/")[2]) or "file"


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


HTTPS = Connector(
    kind="https",
    title="HTTPS",
    since="2026-11-29",
    checked_against="public notes",
    config=Config,
    secrets=Secrets,
    provides=frozenset(field.name for field in employee.FIELDS),
    check=check,
    fetch=fetch,
    capabilities=Capabilities(future_hires=True, leavers=True, several_jobs=True),
    limits=Limits(answer=900, total=1800, body=MAX_BYTES),
)
