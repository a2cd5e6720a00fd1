"""What came back: a status, headers, a body of limited size, and the JSON in it with every figure as it was written."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from schedulepop.lib.http.errors import (
    ConnectorError,
    NotFoundError,
    NotGrantedError,
    SignInRefusedError,
    SourceBusyError,
    TooLargeError,
    UnreadableAnswerError,
)

AT_ONCE = 256 * 2**10  # bytes that are unpacked at a time


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `headers` have lower-case names; `url` has no query."""

    title: str  # whose answer it is, for sentences
    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    chunks: Iterator[bytes] = field(
        default_factory=lambda: iter(()), repr=False
    )  # of a body that is not read
    _parsed: list[Any] = field(default_factory=list, init=False, repr=False)

    def json(self) -> Any:
        """The body as JSON; numbers with a fraction stay text, so that money is never a float.

        Raises UnreadableAnswerError for a page for people or something else that is no JSON, and SourceBusyError when
        the text ends in the middle.
        """
        if self._parsed:
            return self._parsed[0]
        text = self.body.decode("utf-8-sig", errors="replace").strip()
        if text.startswith("<"):
            raise UnreadableAnswerError(
                f"{self.title} answered with a page for people instead of data. "
                "Check the address and that the account may use the API."
            )
        cut = False
        try:
            self._parsed.append(json.loads(text, parse_float=str, parse_constant=no_number))
            return self._parsed[0]
        except json.JSONDecodeError as error:
            cut = bool(text) and (error.pos >= len(text) or error.msg.startswith("Unterminated"))
        except (ValueError, RecursionError):
            pass
        if cut:
            raise SourceBusyError(f"{self.title} ended its answer in the middle.")
        raise UnreadableAnswerError(f"{self.title} answered with something that is no data (no JSON).")


def no_number(name: str) -> Any:
    """NaN and infinity are no figures: raises ValueError."""
    raise ValueError(f"{name} is no figure")


def read(
    chunks: Iterable[bytes], encoding: str, limit: int, title: str, on_chunk: Callable[[], object]
) -> bytes:
    """The whole body, unpacked; raises what `unpacked` raises."""
    body = bytearray()
    for piece in unpacked(chunks, encoding, limit, title, on_chunk):
        body += piece
    return bytes(body)


def unpacked(
    chunks: Iterable[bytes], encoding: str, limit: int, title: str, on_chunk: Callable[[], object]
) -> Iterator[bytes]:
    """The body in pieces, unpacked while it comes and never more than `limit` bytes, however small it was packed.

    Chunks are taken as they come: waiting for whole ones would outlive the deadline of a dripping server.
    """
    unpack, came = _unpacker(encoding, title), 0
    for chunk in chunks:
        on_chunk()
        for piece in _pieces(unpack, chunk, title) if unpack else (chunk,):
            came += len(piece)
            if came > limit:
                raise TooLargeError(
                    f"{title} sent more than {limit // 2**20 or 1} MB in one answer, "
                    "more than a list of people can be."
                )
            yield piece
    if unpack and came and not unpack.eof:
        raise SourceBusyError(f"{title} ended its answer in the middle.")


def _pieces(unpack: Any, chunk: bytes, title: str) -> Iterator[bytes]:
    """What a packed chunk holds, some of it at a time. Raises UnreadableAnswerError where it is damaged."""
    broken, more = False, True
    while more:
        try:
            piece = unpack.decompress(chunk, AT_ONCE)
        except zlib.error:
            broken = True
        if broken:
            raise UnreadableAnswerError(f"{title} sent a damaged answer.")
        yield piece
        chunk = unpack.unconsumed_tail
        more = bool(chunk) or len(piece) == AT_ONCE


def _unpacker(encoding: str, title: str) -> Any:
    if encoding in ("", "identity"):
        return None
    if encoding not in ("gzip", "deflate"):
        raise UnreadableAnswerError(f"{title} packed its answer in a way that was not asked for.")
    return zlib.decompressobj(47 if encoding == "gzip" else 15)


def retry_after(text: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for: a figure or a date (RFC 9110 §10.2.3). Nothing else is believed."""
    if re.fullmatch(r"[0-9]{1,7}(\.[0-9]+)?", text.strip()):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def refusal(answer: Answer) -> ConnectorError:
    """The error of a status from 400 that no waiting will change."""
    status, title = answer.status, answer.title
    if status == 401:
        return SignInRefusedError(f"{title} refused the sign-in. Check the credentials.")
    if status == 403:
        return NotGrantedError(
            f"{title} does not grant access to {answer.url}. Ask whoever manages {title} to allow it.",
            _reason(answer),
        )
    if status == 404:
        return NotFoundError(f"{title} knows nothing at {answer.url}. Check the settings.")
    if status == 413:
        return NotGrantedError(f"{title} has not opened {answer.url} for this account (HTTP 413).")
    return ConnectorError(f"{title} refused the request to {answer.url} (HTTP {status}). Check the settings.")


def _reason(answer: Answer) -> int | None:
    """The platform's own number of what went wrong: `code`, in the answer or in the first of its `errors`."""
    try:
        data = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    errors = data.get("errors") if isinstance(data, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else data
    code = first.get("code") if isinstance(first, dict) else None
    return code if isinstance(code, int) else None
