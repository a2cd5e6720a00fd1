"""Folding of names, headers and codes, so that two spellings of one thing compare equal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD, 0x200E, 0x200F], None)
UNFIT = (
    r"[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffd-\uffff"
    "\U000e0000-\U000e007f]"
)
"""Characters of no value: controls, escapes, directions, tags, and U+FFFD for one that was lost."""
_VISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)
_HEADER_NOISE = re.compile(r"[^0-9a-z#]+")
_BETWEEN_ADDRESSES = re.compile(r"[\s,;:/|<>()\[\]\"]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def clean(value: str) -> str:
    """NFC, invisible characters gone, every run of white space one space, trimmed."""
    return " ".join(unicodedata.normalize("NFC", value.translate(_INVISIBLE)).split())


def fold(value: str) -> str:
    """For comparing names and words: case, accents and punctuation do not count."""
    decomposed = unicodedata.normalize("NFKD", clean(value).replace("’", "'").casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w#]+", " ", bare.replace("'", "")).replace("_", " ").split())


def fold_header(value: str) -> str:
    """For recognizing columns: `Emp #`, `emp_#` and `Emp  #` are one name, camelCase is split."""
    return " ".join(_HEADER_NOISE.sub(" ", fold(_CAMEL.sub(" ", value)).replace("_", " ")).split())


def fold_code(value: str) -> str:
    """For comparing payroll codes: case and white space do not count, leading zeros do."""
    return clean(value).casefold()


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")


def visible(value: str, sign: Callable[[str], str] = _escaped) -> str:
    """For a terminal: controls, escapes and directions as signs that do nothing (`\\x1b`); lines and tabs stay."""
    return _VISIBLE.sub(lambda found: sign(found[0]), value)


def whole_number(value: str) -> int | None:
    """What somebody typed where an ID or a count belongs: ASCII digits that PostgreSQL can hold, or None (`²`, `٣`)."""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else None


def sort_key(first: str, last: str) -> str:
    """Stored beside the name, because the database's C collation sorts by code point."""
    return f"{fold(last)}\x1f{fold(first)}"


def mask(value: str) -> str:
    """A personal value for a message: enough to find it in the file, not enough to use it.

    Of a cell with addresses each keeps its first letter and its domain; names and words around them are `…`.
    """
    text = value.strip()
    if "@" in text:
        parts = [_mask_address(part) for part in _BETWEEN_ADDRESSES.split(text) if part]
        return ", ".join(part for part, before in zip(parts, ["", *parts], strict=False) if part != before)
    if len(text) <= 2:
        return "…"
    digits = re.sub(r"\D", "", text)
    if len(digits) >= 7:
        return f"…{digits[-2:]}"
    return f"{text[:1]}…{text[-1:]}"


def _mask_address(part: str) -> str:
    return f"{part[:1].replace('@', '')}…@{part.rpartition('@')[2]}" if "@" in part else "…"


_RUN_BY_SPREADSHEETS = tuple("=+-@\t\r＝＋－＠")


def cell(value: str) -> str:
    """A value for a CSV file: what a spreadsheet would run as a formula is written as text; signed numbers stay."""
    signed_number = value[:1] in ("+", "-") and value[1:].isdigit()
    return visible(f"'{value}" if value.startswith(_RUN_BY_SPREADSHEETS) and not signed_number else value)
