"""What a file is, before anything is read of it: unpacks gzip and refuses what is no payroll export.

Only the first 64 KB are looked at, so that a 200 MB video costs nothing. Every refusal is one sentence that
says what arrived and what to do (SPEC §7: HTML login page, cut gzip, empty feed).
"""

from __future__ import annotations

import re
import zlib

from schedulepop.sync.errors import NeedsAdmin

MAX_BYTES = 200 * 1024 * 1024
MAX_LINE = 1024 * 1024
HEAD = 64 * 1024

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"BM", "a picture"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"RIFF", "a picture, sound or video"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "a text document"),
    (b"BZh", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
    (b"\xfd7zXZ", "a compressed file"),
    (b"\x28\xb5\x2f\xfd", "a compressed file"),
    (b"Rar!", "a compressed file"),
    (b"SQLite format 3", "a database"),
    (b"PAR1", "a Parquet file"),
    (b"-----BEGIN", "an encrypted or signed message"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
_WORKBOOK = "{name} is a spreadsheet workbook: open it, save the sheet as CSV (UTF-8), and send that file."
_NOT = (
    "{name} is {what}, not a payroll export: export the employee list from payroll as CSV and send that file."
)
_JSON = re.compile(rb'\s*(?:\{\s*(?:"|\}|\Z)|\[\s*(?:[\[{"\]]|\Z))')
_SIGN_IN = re.compile(rb"type=[\"']?password|sign[ -]?in|log[ -]?in", re.IGNORECASE)
_CONTROL = bytes(range(9)) + bytes(range(14, 32)) + b"\x7f"


def unpack(data: bytes, name: str) -> bytes:
    """The bytes themselves, or what a gzip holds.

    Refuses more than 200 MB on either side, so that a small bomb cannot fill the memory, and a gzip that
    ends too early: half a feed must never look like half a staff (SPEC §7 gzip cut).
    """
    if len(data) > MAX_BYTES:
        raise NeedsAdmin(f"{name} is larger than 200 MB: export only the employee list, without history.")
    if not data.startswith(b"\x1f\x8b"):
        return data
    parts: list[bytes] = []
    size, rest = 0, data
    while rest.startswith(b"\x1f\x8b"):
        stream = zlib.decompressobj(wbits=31)
        pending = rest
        while not stream.eof:
            try:
                part = stream.decompress(pending, 4 * 1024 * 1024)
            except zlib.error as error:
                raise NeedsAdmin(f"{name} is a damaged gzip file: send it again.") from error
            pending = stream.unconsumed_tail
            if not part and not pending and not stream.eof:
                raise NeedsAdmin(
                    f"{name} is a gzip file that was cut off: the transfer stopped; send it again."
                )
            size += len(part)
            if size > MAX_BYTES:
                raise NeedsAdmin(f"{name} unpacks to more than 200 MB: export only the employee list.")
            if not parts:
                refuse_foreign(part, name)
            parts.append(part)
        rest = stream.unused_data
    return b"".join(parts)


def refuse_foreign(data: bytes, name: str) -> None:
    """Raise `NeedsAdmin` for anything that is known not to be separated text."""
    head = data[:HEAD]
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not bare.strip(b"\0"):
        raise NeedsAdmin(
            f"{name} is empty: check the export in payroll and send it again.", code="feed_empty"
        )
    if head.startswith(b"PK\x03\x04"):
        if b"xl/" in data[: 1 << 20] or b"[Content_Types].xml" in head or name.lower().endswith(".xlsx"):
            raise NeedsAdmin(_WORKBOOK.format(name=name))
        raise NeedsAdmin(f"{name} is a zip archive: unpack it and send the CSV file inside.")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise NeedsAdmin(_WORKBOOK.format(name=name))
    for magic, what in _MAGIC:
        if head.startswith(magic) and not _plain(head):
            raise NeedsAdmin(_NOT.format(name=name, what=what))
    _refuse_markup(bare, name)
    if _JSON.match(bare):
        raise NeedsAdmin(_NOT.format(name=name, what="JSON data"))
    if not wide_encoding(head) and _binary(head):
        raise NeedsAdmin(_NOT.format(name=name, what="binary data"))


def refuse_long_lines(data: bytes, name: str) -> None:
    """Raise when a line is longer than 1 MB: no employee is that long, and it would cost the memory."""
    position = 0
    while len(data) - position > MAX_LINE:
        end = max(
            data.rfind(b"\n", position, position + MAX_LINE), data.rfind(b"\r", position, position + MAX_LINE)
        )
        if end < 0:
            raise NeedsAdmin(
                f"{name} has a line of more than 1 MB, so it is not a list of employees: export again."
            )
        position = end + 1


def wide_encoding(head: bytes) -> str | None:
    """UTF-32 by its mark, UTF-16 with or without one; None for encodings of single bytes."""
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if head.startswith(b"\xff\xfe"):
        return "utf-16-le"
    if head.startswith(b"\xfe\xff"):
        return "utf-16-be"
    pairs = len(head) // 2
    if pairs < 2:
        return None
    even, odd = head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    if odd > 0.4 * pairs and even < 0.05 * pairs:
        return "utf-16-le"
    if even > 0.4 * pairs and odd < 0.05 * pairs:
        return "utf-16-be"
    return None


def _plain(head: bytes) -> bool:
    """Whether a head that starts like some magic is text all the same ("BMI;Name", "-----BEGIN" never)."""
    return head[:2] in (b"BM", b"MZ") and len(head.translate(None, _CONTROL)) == len(head) and b"\n" in head


def _refuse_markup(bare: bytes, name: str) -> None:
    start = bare[:2048].lower()
    if start.startswith(
        (b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<div", b"<script")
    ) or (start.startswith(b"<") and b"<html" in start):
        what = "a web page"
        if _SIGN_IN.search(bare):
            what = "a sign-in page of a web site"
        raise NeedsAdmin(_NOT.format(name=name, what=what))
    if start.startswith((b"<?xml", b"<")):
        raise NeedsAdmin(_NOT.format(name=name, what="an XML file"))


def _binary(head: bytes) -> bool:
    """More than 2 % control characters besides a few NULs, or NULs everywhere."""
    nulls = head.count(0)
    control = len(head) - len(head.translate(None, _CONTROL)) - nulls
    return control > 0.02 * len(head) or nulls > 0.2 * len(head)
