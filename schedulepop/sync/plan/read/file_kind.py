"""What a text is, before anything is read of it: refuses what is no payroll export.

Only the first 64 KB are looked at, so that a 200 MB video costs nothing. Every refusal names what arrived (SPEC §7:
HTML login page, empty feed); `wording.refusals` says what to do.
"""

from __future__ import annotations

import re

from schedulepop.sync.errors import NeedsAdmin

MAX_BYTES = 200 * 1024 * 1024
MAX_LINE = 1024 * 1024
HEAD = 64 * 1024

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"II*\0", "picture"),
    (b"MM\0*", "picture"),
    (b"RIFF", "media"),
    (b"%PDF", "pdf"),
    (b"{\\rtf", "text_document"),
    (b"PK\x03\x04", "workbook_or_archive"),  # unpacked before anything is read, where it can be
    (b"\xd0\xcf\x11\xe0", "workbook"),
    (b"\x1f\x8b", "compressed"),
    (b"BZh", "compressed"),
    (b"7z\xbc\xaf", "compressed"),
    (b"\xfd7zXZ", "compressed"),
    (b"\x28\xb5\x2f\xfd", "compressed"),
    (b"Rar!", "compressed"),
    (b"SQLite format 3", "database"),
    (b"PAR1", "parquet"),
    (b"-----BEGIN", "message"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
)
_JSON = re.compile(rb'\s*(?:\{\s*(?:"|\}|\Z)|\[\s*(?:[\[{"\]]|\Z))')
_SIGN_IN = re.compile(rb"type=[\"']?password|sign[ -]?in|log[ -]?in", re.IGNORECASE)
_CONTROL = bytes(range(9)) + bytes(range(14, 32)) + b"\x7f"


def refuse_large(data: bytes, name: str) -> None:
    """Raise when there is more text than any list of employees has."""
    if len(data) > MAX_BYTES:
        raise NeedsAdmin("file_too_large", {"name": name, "megabytes": MAX_BYTES // 2**20})


def refuse_foreign(data: bytes, name: str) -> None:
    """Raise `NeedsAdmin` for anything that is known not to be separated text."""
    head = data[:HEAD]
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not bare.strip(b"\0"):
        raise NeedsAdmin("file_empty", {"name": name}, code="feed_empty")
    for magic, kind in _MAGIC:
        if head.startswith(magic) and not _plain(head):
            raise NeedsAdmin("no_payroll_export", {"name": name, "kind": kind})
    _refuse_markup(bare, name)
    if _JSON.match(bare):
        raise NeedsAdmin("no_payroll_export", {"name": name, "kind": "json"})
    if not wide_encoding(head) and _binary(head):
        raise NeedsAdmin("no_payroll_export", {"name": name, "kind": "binary"})


def refuse_long_lines(data: bytes, name: str) -> None:
    """Raise when a line is longer than 1 MB: no employee is that long, and it would cost the memory."""
    position = 0
    while len(data) - position > MAX_LINE:
        end = max(
            data.rfind(b"\n", position, position + MAX_LINE), data.rfind(b"\r", position, position + MAX_LINE)
        )
        if end < 0:
            raise NeedsAdmin("line_too_long", {"name": name, "megabytes": MAX_LINE // 2**20})
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
        kind = "sign_in_page" if _SIGN_IN.search(bare) else "web_page"
        raise NeedsAdmin("no_payroll_export", {"name": name, "kind": kind})
    if start.startswith((b"<?xml", b"<")):
        raise NeedsAdmin("no_payroll_export", {"name": name, "kind": "xml"})


def _binary(head: bytes) -> bool:
    """More than 2 % control characters besides a few NULs, or NULs everywhere."""
    nulls = head.count(0)
    control = len(head) - len(head.translate(None, _CONTROL)) - nulls
    return control > 0.02 * len(head) or nulls > 0.2 * len(head)
