"""Bytes of any usual encoding become UTF-8 with ordinary line ends.

Payroll exports come as UTF-8, UTF-16 of a spreadsheet, or in an old encoding of an old program; some end in the
middle of a character because a transfer stopped (SPEC §7).
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from functools import cached_property

from schedulepop.sync.plan.read.file_kind import HEAD, wide_encoding
from schedulepop.sync.plan.read.legacy_encodings import guess, is_encoded_twice

_CHUNK = 1024 * 1024


_PLAIN = bytes([*b"\t\n\r", *range(0x20, 0x7F)])


@dataclass(frozen=True)
class Text:
    """A feed as UTF-8: lines end with LF or CR LF, no byte order mark."""

    data: bytes
    encoding: str
    cut: bool  # ends in the middle of a character
    ascii: bool
    doubted: bool = False  # another encoding would read some words differently, and nearly as well

    @cached_property
    def rare(self) -> bytes:
        """Controls and foreign letters of the whole file, one after the other: of most files nothing, or some accents.

        Whatever is looked for in columns is looked for here first. Two neighbors may seem to be one: no harm, then.
        """
        return self.data.translate(None, _PLAIN)

    @property
    def encoded_twice(self) -> bool:
        """Whether letters of it were encoded as UTF-8 twice."""
        return is_encoded_twice(self.rare) and is_encoded_twice(self.data)


def to_utf8(data: bytes) -> Text:
    """Decode what arrived; what cannot be decoded becomes U+FFFD, so that its row can be named."""
    wide = wide_encoding(data[:HEAD])
    if wide:
        return _from_wide(data, wide)
    ascii_only = data.isascii()
    if ascii_only:
        return Text(_line_ends(data), "UTF-8", False, True)
    data = data.removeprefix(b"\xef\xbb\xbf")
    fault = _first_fault(data)
    if fault is None:
        return Text(_line_ends(data), "UTF-8", False, data.isascii())
    if len(data) - fault <= 3 and _unfinished(data[fault:]):
        return Text(_line_ends(data[:fault]), "UTF-8", True, False)
    replaced = data.decode("utf-8", errors="replace")
    mended = replaced.encode()
    lost = replaced.count("\ufffd")
    kept = len(mended) - len(replaced) - 2 * lost  # at least one extra byte per character that did decode
    if kept >= lost:  # such bytes are hardly ever UTF-8 by chance
        return Text(_line_ends(mended), "UTF-8, damaged", False, False)
    codec, name, doubted = guess(data)
    return Text(_line_ends(data.decode(codec, errors="replace").encode()), name, False, False, doubted)


def _from_wide(data: bytes, encoding: str) -> Text:
    text = data.decode(encoding, errors="replace")
    unit = 4 if encoding == "utf-32" else 2
    cut = len(data) % unit != 0
    if cut:
        text = text.removesuffix("\ufffd")
    return Text(
        _line_ends(text.removeprefix("\ufeff").encode(errors="replace")), encoding.upper(), cut, False
    )


def _first_fault(data: bytes) -> int | None:
    """Where UTF-8 breaks, found chunk by chunk so that no second copy of 200 MB is made."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK]
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk, final=start + _CHUNK >= len(data))
        except UnicodeDecodeError as error:
            return start - held + error.start
    return None


def _unfinished(tail: bytes) -> bool:
    """Whether the tail is the beginning of a character that was cut."""
    lead = tail[0]
    needed = 2 if 0xC2 <= lead < 0xE0 else 3 if 0xE0 <= lead < 0xF0 else 4 if 0xF0 <= lead < 0xF5 else 0
    return needed > len(tail) and all(0x80 <= byte < 0xC0 for byte in tail[1:])


def _line_ends(data: bytes) -> bytes:
    """CR-only and mixed line ends become LF; the usual LF and CR LF cost two searches and no copy."""
    if b"\r" not in data or data.count(b"\r") == data.count(b"\r\n"):
        return data
    return data.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
