"""What a file is, by its content. A name is never looked at: a CSV named .xlsx is a CSV."""

from __future__ import annotations

import zipfile
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

_END = b"PK\5\6"
_LONGEST_END = 22 + 65_535
MAX_DIRECTORY = 2**20
"""Bytes of an archive's directory. A million entries would be objects in our memory before anything is unpacked."""


class Kind(StrEnum):
    """What can be unpacked. Everything else is text, until the reader of text says that it is none."""

    TEXT = "text"
    GZIP = "gzip"
    ZIP = "zip"
    PGP = "pgp"
    WORKBOOK = "workbook"
    DOCUMENT = "document"  # of an office program, and no workbook


def kind_of(path: Path) -> Kind:
    """The kind of this file. An archive that cannot be listed is `ZIP`: who opens it says what is wrong."""
    with path.open("rb") as file:
        head = file.read(512)
        if head.startswith(b"PK\3\4"):
            return _of_archive(file)
    return kind_by_head(head)


def kind_by_head(head: bytes) -> Kind:
    """The kind as far as the first bytes say; an archive may still be a workbook."""
    if head.startswith(b"\x1f\x8b"):
        return Kind.GZIP
    if head.startswith((b"PK\3\4", b"PK\5\6")):
        return Kind.ZIP
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return Kind.WORKBOOK  # an old one, or one behind a password
    return Kind.PGP if _is_pgp(head) else Kind.TEXT


def too_many_entries(file: BinaryIO) -> bool:
    """Whether an archive's directory is larger than one to be listed (also one that calls itself zip64)."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_END))
    tail = file.read()
    at = tail.rfind(_END)
    return at >= 0 and int.from_bytes(tail[at + 12 : at + 16], "little") > MAX_DIRECTORY


def _of_archive(file: BinaryIO) -> Kind:
    """Office programs pack their files as zip: a workbook is told by what must be in it."""
    try:
        if too_many_entries(file):
            return Kind.ZIP
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                said = archive.read("mimetype")
                if said.startswith(b"application/vnd.oasis.opendocument."):
                    return Kind.WORKBOOK if b".spreadsheet" in said else Kind.DOCUMENT
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError):
        return Kind.ZIP
    if "[Content_Types].xml" not in names:
        return Kind.ZIP
    return Kind.WORKBOOK if any(name.startswith("xl/workbook.") for name in names) else Kind.DOCUMENT


def _is_pgp(head: bytes) -> bool:
    """A message in letters, or packets that begin with a session key (RFC 9580 §4.2, §5.1, §5.3)."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"-----BEGIN PGP MESSAGE-----"):
        return True
    if len(head) < 8:
        return False
    first = head[0]
    if first & 0xC0 == 0x80 and first >> 2 & 0x0F in (1, 3) and first & 3 < 3:
        after = 1 + (1, 2, 4)[first & 3]
    elif first in (0xC1, 0xC3):
        after = 2 if head[1] < 192 else 3 if head[1] < 224 else 6
    else:
        return False
    return head[after] in (3, 4, 5, 6)
