"""What can still be read of a row that does not fit, so that nobody it might name looks missing.

A row with a value too few or too many still begins with the right columns, and an address is an address
wherever it stands (SPEC §5: a reject shields every person that any readable part of it could name).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import polars as pl

from schedulepop.lib.text import UNFIT
from schedulepop.sync.plan.frames.feed import REJECTED

SHIELDING = ("source_id", "employee_number", "full_name", "first_name", "last_name", "email")
_EMAIL = re.compile(r"[^\s@\"<>;,]+@[^\s@\"<>;,]+\.[A-Za-z]{2,}")
_SSN = re.compile(r"\d{3}-?\d{2}-?\d{4}")
_UNFIT = re.compile(f"\0|{UNFIT}")
_NO_NAME = re.compile(r"[\d@]|^\W*$")


def readable_parts(
    cells: Sequence[str], headers: Sequence[str], columns: Mapping[str, str]
) -> dict[str, str]:
    """Field → value for the fields of `SHIELDING` that this row seems to give; `columns` maps fields."""
    parts: dict[str, str] = {}
    cells = [_UNFIT.sub("", cell) for cell in cells]
    for name in SHIELDING:
        column = columns.get(name)
        position = headers.index(column) if column in headers else len(cells)
        value = cells[position].strip() if position < len(cells) else ""
        if name == "email":
            value = next((found[0] for cell in (value, *cells) if (found := _EMAIL.search(cell))), "")
            value = value if column else ""
        elif (
            (name.endswith("name") and _NO_NAME.search(value))
            or (_SSN.fullmatch(value) and name != "source_id")
            or len(value) > 64
            or "@" in value
            or re.fullmatch(r"\d{3}-\d{2}-\d{4}", value)
        ):
            value = ""
        if value:
            parts[name] = value[:200]
    return parts


def rejected(rows: Sequence[tuple[int, Mapping[str, str]]]) -> pl.DataFrame:
    """REJECTED rows from the readable parts of each row number."""
    return pl.DataFrame(
        [(row, p.get("source_id"), p.get("employee_number"), p.get("email"), _name(p)) for row, p in rows],
        schema=REJECTED,
        orient="row",
    )


def _name(parts: Mapping[str, str]) -> str | None:
    split = " ".join(part for part in (parts.get("first_name"), parts.get("last_name")) if part)
    return split or parts.get("full_name")
