"""gzip, and zip with one file in it: unpacked as a stream, so that a bomb costs neither memory nor disk.

Nothing of an archive is believed: not its sizes, and of its names only that there is one.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from schedulepop.lib.formats.errors import (
    DamagedError,
    EmptyError,
    EncryptedError,
    NotOneFileError,
    TooLargeError,
)
from schedulepop.lib.formats.kinds import too_many_entries

CHUNK = 2**20
MOST_RATIO = 300
"""Bytes out of one byte in. Real lists pack to a twentieth; gzip cannot do more than 1,032."""
FREE = 16 * 2**20  # bytes that may come out of however little
_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db")


def gunzip(source: Path, target: Path, name: str, limit: int) -> None:
    """What a gzip holds, also one of several parts. Raises DamagedError, EmptyError or TooLargeError."""
    with source.open("rb") as file, target.open("xb") as out:
        _copy(_gunzipped(file, name), out, name, limit, source.stat().st_size)


def _gunzipped(file: BinaryIO, name: str) -> Iterator[bytes]:
    pending = file.read(CHUNK)
    while pending.startswith(b"\x1f\x8b"):
        stream = zlib.decompressobj(wbits=31)
        while not stream.eof:
            if not pending and not (pending := file.read(CHUNK)):
                raise DamagedError("packing_cut", {"name": name, "packing": "gzip"})
            try:
                part = stream.decompress(pending, CHUNK)
            except zlib.error:
                raise DamagedError("packing_damaged", {"name": name, "packing": "gzip"}) from None
            pending = stream.unconsumed_tail
            yield part
        pending = stream.unused_data or file.read(CHUNK)
        if len(pending) < 2:
            pending += file.read(CHUNK)


def unzip(source: Path, target: Path, name: str, limit: int) -> str:
    """The one file of an archive, and its bare name. Raises FormatError."""
    try:
        with source.open("rb") as file:
            if too_many_entries(file):
                raise NotOneFileError("archive_of_many", {"name": name, "files": None})
            with zipfile.ZipFile(file) as archive:
                member = _the_one(archive, name)
                with archive.open(member) as content, target.open("xb") as out:
                    _copy(iter(lambda: content.read(CHUNK), b""), out, name, limit, source.stat().st_size)
    except NotImplementedError:
        raise DamagedError("packing_unknown", {"name": name}) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OverflowError):
        reason = "packing_damaged" if _ends(source) else "packing_cut"
        raise DamagedError(reason, {"name": name, "packing": "zip"}) from None
    return member.filename.replace("\\", "/").rpartition("/")[2]


def _the_one(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    files = [
        one
        for one in archive.infolist()
        if not one.is_dir() and not one.filename.startswith(_JUNK) and not one.filename.endswith(_JUNK[1:])
    ]
    if not files:
        raise EmptyError("archive_empty", {"name": name})
    if len(files) > 1:
        raise NotOneFileError("archive_of_many", {"name": name, "files": len(files)})
    if files[0].flag_bits & 0x1:
        raise EncryptedError("archive_protected", {"name": name})
    return files[0]


def _ends(source: Path) -> bool:
    """Whether the end of an archive is there; where it is not, the transfer stopped."""
    with source.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 65_557))
        return b"PK\5\6" in file.read()


def _copy(parts: Iterator[bytes], out: BinaryIO, name: str, limit: int, packed: int) -> None:
    size, most = 0, min(limit, max(FREE, packed * MOST_RATIO))
    for part in parts:
        size += len(part)
        if size > most:
            raise TooLargeError("unpacks_too_large", {"name": name, "megabytes": most // 2**20})
        out.write(part)
