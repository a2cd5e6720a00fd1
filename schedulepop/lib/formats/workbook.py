"""A workbook: its sheets are shown, the one with the best header is taken and written as text."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from schedulepop.lib.formats.errors import (
    DamagedError,
    EmptyError,
    EncryptedError,
    FormatError,
    TooLargeError,
    TooMuchWorkError,
)
from schedulepop.lib.formats.isolated import Child, DiedError, started

Head = Sequence[Sequence[str]]
Score = Callable[[Head], int]
"""The first rows of a sheet → how many columns of a staff list its header names."""
ENOUGH = 2  # named columns from which on a sheet is a list
MOST_UNPACKED = 2**30
_PROTECTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook, seen from above."""

    number: int
    name: str
    visible: bool
    score: int
    empty: bool


def written(source: Path, target: Path, name: str, limit: int, score: Score) -> tuple[str, ...]:
    """The chosen sheet as text in `target`; the sheets' names, the chosen one first. Raises FormatError."""
    with started("workbook", _named(source, target.with_name("book"), name), target, limit) as child:
        reading = ""
        sheets: list[Sheet] = []
        try:
            while "choose" not in (told := child.told()):
                if "error" in told:
                    raise _refusal(told["error"], name)
                if "reading" in told:
                    reading = told["reading"]
                    continue
                head = told["head"]
                empty = not any(cell.strip() for row in head for cell in row)
                sheets.append(
                    Sheet(told["sheet"], told["name"], told["visible"], 0 if empty else score(head), empty)
                )
            chosen = choice(sheets, name)
            reading = chosen.name
            child.tell(f"{chosen.number}\n".encode(), last=True)
            _finished(child, name)
        except DiedError as error:
            raise _of_death(error, name, reading) from None
    return (chosen.name, *(one.name for one in sheets if one is not chosen and not one.empty))


def choice(sheets: Sequence[Sheet], name: str) -> Sheet:
    """The sheet whose header names the most columns, a visible one before hidden ones, the first among equals."""
    filled = [one for one in sheets if not one.empty]
    if not filled:
        raise EmptyError("workbook_empty", {"name": name})
    seen = [one for one in filled if one.visible]
    best = max(seen, key=lambda one: one.score) if seen else None
    hidden = max(filled, key=lambda one: one.score)
    return best if best and (best.score >= ENOUGH or hidden.score < ENOUGH) else hidden


def _finished(child: Child, name: str) -> None:
    if (wrong := child.told().get("error")) is not None:
        raise _refusal(wrong, name)


def _refusal(wrong: str, name: str) -> FormatError:
    about = {"name": name}
    if wrong == "password":
        return EncryptedError("workbook_protected", about)
    if wrong == "too_large":
        return TooLargeError("workbook_too_large", about)
    if wrong == "memory":
        return _too_much(name, "")
    return DamagedError("workbook_damaged", about)


def _of_death(error: DiedError, name: str, reading: str) -> FormatError:
    return _refusal("too_large", name) if error.too_large else _too_much(name, reading)


def _too_much(name: str, sheet: str) -> FormatError:
    return TooMuchWorkError("workbook_too_much_work", {"name": name, "sheet": sheet})


def _named(source: Path, link: Path, name: str) -> Path:
    """The workbook under a name that says its kind, which the library goes by. Refuses what needs no reading."""
    with source.open("rb") as file:
        if file.read(2) != b"PK":
            file.seek(0)
            if _PROTECTED in file.read():
                raise _refusal("password", name)
            ending = ".xls"
        else:
            try:
                with zipfile.ZipFile(file) as archive:
                    parts = archive.infolist()
            except (zipfile.BadZipFile, ValueError, OSError):
                raise _refusal("damaged", name) from None
            if sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise TooLargeError("workbook_unpacks_too_large", {"name": name})
            names = {part.filename for part in parts}
            ending = ".xlsb" if "xl/workbook.bin" in names else ".ods" if "mimetype" in names else ".xlsx"
    link = link.with_suffix(ending)
    link.symlink_to(source.resolve())
    return link
