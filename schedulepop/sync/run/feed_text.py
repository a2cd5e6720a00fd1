"""From what came (an upload, a source's files) to the text that the plan reads: unpacking is I/O, the plan is pure."""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from django.utils.crypto import salted_hmac

from schedulepop.connectors.contract import File, Source
from schedulepop.lib.formats import FormatError, unpack
from schedulepop.lib.formats.unpacking import is_text
from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.plan.frames.feed import Note
from schedulepop.sync.plan.read.dialect import header_strength
from schedulepop.sync.plan.read.joining import join

HEAD = 512  # bytes by which a kind of file is told
PIECE = 2**20


@dataclass(frozen=True, slots=True)
class Text:
    """Separated text. `sheets`: of a workbook, the one that was read and then the others."""

    data: bytes
    sheets: tuple[str, ...] = ()
    as_received: bool = False  # nothing was unpacked

    @property
    def notes(self) -> tuple[Note, ...]:
        """The choice, for a reader of the file."""
        if not self.sheets:
            return ()
        chosen, *others = self.sheets
        return (("sheets", {"chosen": chosen, "others": others}),)


@dataclass(frozen=True, slots=True)
class Received:
    """What a source gave. `sha256` is of the bytes as received, `received` their keyed hash if they were kept."""

    text: Text
    sha256: str
    name: str
    source_time: datetime
    stable_id: str = ""
    received: str = ""

    @property
    def mark(self) -> str:
        """The keyed hash that recognizes it."""
        return self.received or content_hmac(self.sha256)


def as_file(upload: bytes | BinaryIO) -> BinaryIO:
    """An upload as a file, whichever it is."""
    return io.BytesIO(upload) if isinstance(upload, bytes) else upload


def text_of(data: bytes, *, name: str, columns: Collection[str] = (), key: str = "") -> Text:
    """The text of a file. `columns`: of a mapping; they help to find the sheet. Raises NeedsAdmin.

    `key`: the integration's secret PGP key, if it has one.
    """
    return text_of_file(io.BytesIO(data), name=name, columns=columns, key=key)


def text_of_file(file: BinaryIO, *, name: str, columns: Collection[str] = (), key: str = "") -> Text:
    """The same of an open file. What has to be unpacked is never in memory as a whole."""
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    if is_text(head):
        return Text(file.read(), as_received=True)
    with TemporaryDirectory(prefix="schedulepop-") as folder:
        path = Path(folder) / "received"
        with path.open("xb") as copy:
            shutil.copyfileobj(file, copy, PIECE)
        return text_in(path, name=name, columns=columns, key=key)


def text_in(path: Path, *, name: str, columns: Collection[str] = (), key: str = "") -> Text:
    """The same of a file on the disk."""

    def score(head: Sequence[Sequence[str]]) -> int:
        return header_strength(head, columns)

    try:
        with TemporaryDirectory(prefix="schedulepop-") as folder:
            found = unpack(path, Path(folder), name=name, score=score, key=key)
            return Text(found.path.read_bytes(), found.sheets, not found.layers)
    except FormatError as error:
        code = error.code if error.code == "feed_empty" else "feed_unreadable"
        raise NeedsAdmin(error.reason, error.params, code=code) from error


def together(files: Sequence[File], *, columns: Collection[str] = (), key: str = "") -> Received:
    """The files of a source as one text, as new as the newest of them. Raises NeedsAdmin."""
    texts = [text_in(file.path, name=file.name, columns=columns, key=key) for file in files]
    hashes = [file.received or _sha256(file.path) for file in files]
    newest = max(file.source_time for file in files)
    if len(files) == 1:
        one = files[0]
        return Received(texts[0], hashes[0], one.name, newest, one.stable_id, one.received)
    named = [(file.name, text.data) for file, text in zip(files, texts, strict=True)]
    whole = hashlib.sha256("".join(hashes).encode()).hexdigest()
    return Received(Text(join(named, columns)), whole, ", ".join(file.name for file in files), newest)


def key_of(source: Source) -> str:
    """The secret PGP key among a source's secrets; empty without one."""
    key = getattr(source.secrets, "pgp_key", None)
    return str(key.get_secret_value()) if key else ""


def content_hmac(sha256: str) -> str:
    """A keyed hash of a file as it came: it recognizes the file, and says nothing of what was dropped from it."""
    return salted_hmac("schedulepop.sync.run.feeds", sha256, algorithm="sha256").hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return sha256_of(file)


def sha256_of(file: BinaryIO) -> str:
    """Of an open file from its beginning, piece by piece."""
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()
