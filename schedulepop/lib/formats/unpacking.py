"""The whole way: out of PGP, out of one packing, out of a workbook. Each layer once, in this order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from schedulepop.lib.formats import packing, pgp, workbook
from schedulepop.lib.formats.errors import EmptyError, FormatError, NestedError, TooLargeError
from schedulepop.lib.formats.kinds import Kind, kind_by_head, kind_of
from schedulepop.lib.formats.workbook import Score

__all__ = ["MAX_BYTES", "Unpacked", "is_text", "unpack"]

MAX_BYTES = 200 * 2**20
"""Of a file as received, and of its text."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Separated text in a file. `layers` are what was around it; `sheets`: the one that was read, then the others."""

    path: Path
    layers: tuple[Kind, ...] = ()
    sheets: tuple[str, ...] = ()


def is_text(data: bytes) -> bool:
    """Whether nothing has to be unpacked."""
    return kind_by_head(data[:512]) is Kind.TEXT


def unpack(
    path: Path, workdir: Path, *, name: str, score: Score, key: str = "", limit: int = MAX_BYTES
) -> Unpacked:
    """The text of a received file. `workdir` is the caller's to remove; `key`: the secret PGP key, if there is one.

    Raises FormatError. The file itself is not changed.
    """
    if path.stat().st_size > limit:
        raise TooLargeError("file_too_large", {"name": name, "megabytes": limit // 2**20})
    layers: list[Kind] = []
    sheets: tuple[str, ...] = ()
    while (kind := kind_of(path)) is not Kind.TEXT:
        _refuse_order(layers, kind, name)
        target = workdir / f"unpacked-{len(layers)}"
        layers.append(kind)
        if kind is Kind.PGP:
            pgp.decrypt(path, target, name, limit, key)
        elif kind is Kind.GZIP:
            packing.gunzip(path, target, name, limit)
        elif kind is Kind.ZIP:
            packing.unzip(path, target, name, limit)
        else:
            sheets = workbook.written(path, target, name, limit, score)
        if not target.stat().st_size:
            raise EmptyError("file_empty", {"name": name})
        path = target
        if kind is Kind.WORKBOOK:
            break  # whatever its first cell says
    return Unpacked(path, tuple(layers), sheets)


def _refuse_order(layers: list[Kind], kind: Kind, name: str) -> None:
    """PGP around one packing around a list: no packing in a packing, no PGP inside."""
    if kind is Kind.DOCUMENT:
        raise FormatError("office_document", {"name": name})
    if (kind is Kind.PGP and layers) or (
        kind in (Kind.GZIP, Kind.ZIP) and {Kind.GZIP, Kind.ZIP} & set(layers)
    ):
        raise NestedError("packed_several_times", {"name": name})
