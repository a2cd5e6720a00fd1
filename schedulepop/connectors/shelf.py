"""What lists say of people who are listed elsewhere: on disk until the list that is read last asks for it.

Lists that have to be joined come one after the other and in any order. Only what is needed of them is put here, and
only the place of each ID is in memory, so that memory stays flat however many people there are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any, Self

from schedulepop.connectors.paging import TwoRecordsError

NOWHERE = -1  # the place before the first


class Shelf:
    """ID → what was put there by name. A context manager; its file has no name, and nobody else can open it."""

    def __init__(self, folder: Path, title: str) -> None:
        self._title = title
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 (closed in __exit__)
        self._last: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def put(self, owner: str, name: str, content: Any) -> None:
        """Something that this owner has once. The same again is dropped.

        Raises TwoRecordsError when it is put with other content.
        """
        for known, before in self._of(owner):
            if known == name:
                if before != content:
                    raise TwoRecordsError(self._title, owner)
                return
        place = self._file.seek(0, os.SEEK_END)
        line = [self._last.get(owner, NOWHERE), name, content]
        self._file.write(json.dumps(line).encode() + b"\n")
        self._last[owner] = place

    def of(self, owner: str) -> dict[str, Any]:
        """Everything that was put for this owner, by name."""
        return dict(self._of(owner))

    def _of(self, owner: str) -> Iterator[tuple[str, Any]]:
        """Each line says where the one before it lies."""
        place = self._last.get(owner, NOWHERE)
        while place != NOWHERE:
            self._file.seek(place)
            place, name, content = json.loads(self._file.readline())
            yield name, content
