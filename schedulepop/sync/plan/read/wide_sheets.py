"""A sheet that was touched far to the right is saved with all its 16,384 columns; those that hold nothing go."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from schedulepop.sync.plan.read.dialect import MAX_COLUMNS, SEPARATORS
from schedulepop.sync.plan.read.encoding import Text
from schedulepop.sync.plan.read.rows import Line, lines_of

_LOOK_AT = 60


def without_blank_columns(decoded: Text) -> Text:
    """The same file, where it is wider than an export can be, without the columns that have no name and no value.

    Rows keep their numbers, and those that are too short stay so.
    """
    first = decoded.data.split(b"\n", _LOOK_AT)[:_LOOK_AT]
    separator = max(SEPARATORS, key=lambda sign: _widest(first, sign))
    if _widest(first, separator) < MAX_COLUMNS:
        return decoded
    lines = _trimmed(decoded.data.split(b"\n"), separator)
    data = b"\n".join(lines)
    if _widest(lines, separator) >= MAX_COLUMNS:
        data = _narrowed(data, separator)
    return Text(data, decoded.encoding, decoded.cut, decoded.ascii, decoded.doubted)


def _widest(lines: Iterable[bytes], separator: str) -> int:
    return max(line.count(separator.encode()) for line in lines)


def _trimmed(lines: list[bytes], separator: str) -> list[bytes]:
    """Without the blank cells at the end of the lines, as far as they stand beyond every name.

    A line with an odd number of quotes is part of a longer value.
    """
    sign = separator.encode()
    bare = [line if line.count(b'"') % 2 else line.rstrip(sign + b" \r") for line in lines]
    named = _widest(bare[:_LOOK_AT], separator)
    return [
        short + sign * min(line.count(sign) - short.count(sign), named)
        for line, short in zip(lines, bare, strict=True)
    ]


def _narrowed(data: bytes, separator: str) -> bytes:
    used: set[int] = set()
    for line in _records(data, separator):
        used.update(index for index, cell in enumerate(line.cells) if cell and not cell.isspace())
    positions = sorted(used)
    if len(positions) > MAX_COLUMNS:
        return data
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    for line in _records(data, separator):
        cells = [line.cells[index] for index in positions if index < len(line.cells)]
        if line.fault:  # what was broken stays so
            text.write(f'"{separator.join(cells)}\n')
        else:
            writer.writerow(cells)
    return text.getvalue().encode()


def _records(data: bytes, separator: str) -> Iterator[Line]:
    lines = data.decode("utf-8", errors="replace").replace("\r\n", "\n").split("\n")
    return lines_of([line + "\n" for line in lines], separator)
