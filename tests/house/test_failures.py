"""The table of failures in operations.md: what HR reads there stands in the product, word by word."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tests.house.documents import ROOT

_ROWS = re.findall(
    r"^\|(.+)\|$",
    (ROOT / "docs/operations.md").read_text("utf-8").partition("<!-- failures -->")[2].partition("\n\n")[0],
    re.M,
)[2:]
ROWS = [[cell.strip() for cell in row.split("|")] for row in _ROWS]


@cache
def said() -> str:
    """Every text of the product on one line: strings put together, templates without their tags."""
    parts = []
    for path in sorted((ROOT / "schedulepop").rglob("*.*")):
        if path.suffix == ".py":
            parts.append(re.sub(r'"\s*\n\s*f?"', "", path.read_text("utf-8")))
        elif path.suffix in (".html", ".txt"):
            parts.append(re.sub(r"\{%.*?%\}|<[^>]*>", " ", path.read_text("utf-8"), flags=re.S))
    return re.sub(r"\s+", " ", " ".join(parts))


def test_every_failure_of_the_specification_has_its_row() -> None:
    wanted = [
        "busy",
        "wrong",
        "refuses",
        "changed",
        "silent",
        "credentials",
        "mail server",
        "database",
        "disk",
    ]
    wanted.append("clock")
    named = " ".join(row[0] for row in ROWS)
    assert [word for word in wanted if word not in named] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_hr_reads_what_the_table_says(row: list[str]) -> None:
    _, happens, reads, does, shown = row
    assert all((happens, does))
    quoted = re.findall("“(.+?)”", reads)
    assert quoted
    assert [one for one in quoted if one not in said()] == []
    assert re.fullmatch(r"`tests/\S+\.py::test_\w+`", shown)
