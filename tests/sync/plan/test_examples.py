"""The files in examples/ do what their README says."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.plan.frames.feed import Feed, FileProfile
from schedulepop.sync.plan.frames.steps import Normalized
from schedulepop.sync.plan.normalize import normalize
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.plan.read import read
from schedulepop.sync.plan.read.columns import recognize, samples
from schedulepop.sync.plan.values.dates import propose_dates
from schedulepop.sync.run.feed_text import text_in
from tests.saying import refusing
from tests.sync.plan.made_frames import nobody

EXAMPLES = Path(__file__).parents[3] / "examples"
ANYWHERE = Mapping(default_location="mn", create_codes=frozenset({"duty", "zone"}))


def _read(name: str) -> Feed:
    return read(text_in(EXAMPLES / name, name=name).data, pay=False, name=name)


def _understand(name: str) -> tuple[Feed, Normalized]:
    feed = _read(name)
    columns = recognize(feed.table.columns[1:], samples(feed.table)).columns
    dates = propose_dates(feed.table, columns, ANYWHERE)
    return feed, normalize(FileProfile(feed, columns, (), dates), feed.table, ANYWHERE, Policy(), nobody())


def test_the_clean_file_asks_nothing_but_for_its_locations() -> None:
    feed, found = _understand("clean.csv")
    assert feed.problems.height == 0
    assert feed.stored == (EXAMPLES / "clean.csv").read_bytes()
    assert found.records.height == 25
    assert set(found.problems["code"]) == {"unmapped_location"}
    assert set(found.problems["key"]) == {"maple court", "lakeview manor"}


def test_the_messy_file() -> None:
    feed, found = _understand("messy.csv")
    assert feed.dropped == {"Birth Dt": "birth date", "SSN": "SSN", "Hourly Rate": "pay"}
    assert b"900-10" not in feed.stored
    said = pl.concat([feed.problems, found.problems]).select("row", "code").rows()
    assert said == [
        (None, "header_not_first"),
        (23, "ragged_row"),
        (None, "date_format_unknown"),
        (11, "email_placeholder"),
        (12, "phone_unreadable"),
        (13, "needs_contact"),
        (14, "email_unreadable"),
        (15, "phone_unreadable"),
        (16, "id_scientific"),
        (17, "one_name"),
        (20, "unmapped_status"),
        (21, "date_unreadable"),
        (27, "dates_contradict"),
        (33, "needs_contact"),
    ]
    assert feed.broken_rows.row(0) == (23, "00242", None, "ignacio.fuentes@example.org", "Ignacio Fuentes")
    assert found.rejected.row(0)[:2] == (16, "1.23E+05")
    status = dict(found.records.select("row", "status").rows())
    assert [status[row] for row in (5, 18, 20, 24, 25, 26, 27)] == [
        "active",
        "leave_of_absence",
        None,
        "upcoming",
        "terminated",
        "active",
        "active",
    ]
    assert found.records.height == 28


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("picture.csv", "a picture"),
        ("login-page.csv", "a sign-in page"),
        ("empty.csv", "is empty"),
        ("swapped-separators.csv", "header separated by commas and rows separated by semicolons"),
        ("cut.csv.gz", "cut off"),
    ],
)
def test_broken_files_that_are_refused(name: str, told: str) -> None:
    with refusing(NeedsAdmin, told):
        _read(f"broken/{name}")


@pytest.mark.parametrize(
    ("name", "rows", "said"),
    [
        ("header-only.csv", 0, []),
        ("cut-mid-row.csv", 3, [("ragged_row", 5)]),
        ("cut-mid-character.csv", 4, [("ragged_row", 6)]),
        ("utf-16.csv", 5, []),
        ("cr-only.csv", 5, []),
        ("nul-bytes.csv", 5, [("bad_characters", 3), ("bad_characters", 3)]),
        ("duplicate-header.csv", 5, [("repeated_header", None)]),
    ],
)
def test_broken_files_that_are_read(name: str, rows: int, said: list[tuple[str, int | None]]) -> None:
    feed = _read(f"broken/{name}")
    assert feed.table.height == rows
    assert feed.problems.select("code", "row").rows() == said


def test_every_example_is_explained() -> None:
    explained = (EXAMPLES / "README.md").read_text()
    files = [path.name for path in EXAMPLES.rglob("*") if path.is_file() and path.name != "README.md"]
    assert [name for name in sorted(files) if f"`{name}`" not in explained] == []
