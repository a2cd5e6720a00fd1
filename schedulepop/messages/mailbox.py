"""Mail kept in a folder instead of sent: the default, so that trying the product writes to nobody.

One .eml file per message, readable by its owner only. `letters()` lists them for the /dev/mail page and tests.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage as Parsed
from email.policy import default as modern
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from schedulepop import postgres

_BASE = "X-Base-URL"  # under which address the product was served when the letter was written
_LINK = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True)
class Letter:
    """One message in the mailbox."""

    name: str  # of the file: identifies the letter in an address of the page
    to: str
    subject: str
    text: str
    html: str
    links: tuple[str, ...]  # of the text, in order
    when: datetime


class MailboxBackend(BaseEmailBackend):
    """Django's email backend that writes into the folder."""

    def __init__(self, fail_silently: bool = False, **options: Any) -> None:
        super().__init__(fail_silently=fail_silently)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Each message appears whole or not at all."""
        place = folder()
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            message.extra_headers[_BASE] = settings.BASE_URL
            content = message.message().as_bytes()
            path = place / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{uuid4().hex[:12]}.eml"
            draft = path.with_suffix(".draft")
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(handle, "wb") as file:
                file.write(content)
            draft.rename(path)
        return len(email_messages)


def folder() -> Path:
    """Where the files lie: SCHEDULEPOP_MAILBOX, else beside the embedded database."""
    return Path(settings.MAILBOX_DIR) if settings.MAILBOX_DIR else postgres.state_home() / "mailbox"


def letters(limit: int | None = None) -> list[Letter]:
    """The letters, newest first."""
    files = sorted(folder().glob("*.eml"), reverse=True)
    return [_read(path) for path in files[:limit]]


def letter(name: str) -> Letter | None:
    """One letter by its name, or None."""
    if not re.fullmatch(r"[0-9A-Za-z-]+", name):
        return None
    path = folder() / f"{name}.eml"
    return _read(path) if path.is_file() else None


def clear() -> None:
    """Throw all letters away."""
    for path in folder().glob("*.eml"):
        path.unlink(missing_ok=True)


def _read(path: Path) -> Letter:
    parsed = message_from_bytes(path.read_bytes(), policy=modern)
    text = _part(parsed, "plain")
    return Letter(
        name=path.stem,
        to=str(parsed["To"]),
        subject=str(parsed["Subject"]),
        text=text,
        html=_part(parsed, "html"),
        links=tuple(dict.fromkeys(_LINK.findall(text))),
        when=parsedate_to_datetime(str(parsed["Date"])),
    )


def _part(parsed: Parsed, kind: str) -> str:
    """Its links lead to where the product is served now, whatever port it had when the letter was written."""
    part = parsed.get_body((kind,))
    if part is None:
        return ""
    text, base = str(part.get_content()).replace("\r\n", "\n"), str(parsed[_BASE] or "")
    hosts = [(one, one.partition("://")[2]) for one in (base, settings.BASE_URL)]
    for was, now in zip(*hosts, strict=True) if base else ():
        text = text.replace(was, now)
    return text
