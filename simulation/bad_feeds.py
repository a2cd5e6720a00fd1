"""The five bad days: what a payroll system really sends when something is wrong, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from schedulepop.cli.demo import maple_health as maple
from simulation.names import FIRST, LAST
from simulation.payroll import Payroll, us, written


@dataclass(frozen=True)
class BadFeed:
    """One bad day: its name, the bytes, and the rules (or the reason of a skipped or failed run) that may stop it."""

    name: str
    make: Callable[[Payroll, date], bytes]
    stopped_by: frozenset[str]
    old_date: bool = False
    withdrawn: bool = False  # of a platform: a permission that was granted yesterday


def empty(payroll: Payroll, today: date) -> bytes:
    """A header and nobody."""
    return payroll.export(today).split(b"\r\n")[0] + b"\r\n"


def half(payroll: Payroll, today: date) -> bytes:
    """The first half of the rows: somebody's filter."""
    records = payroll.records(today)
    return written(records[: len(records) // 2])


def renamed(payroll: Payroll, today: date) -> bytes:
    """The status column is suddenly called otherwise."""
    return payroll.export(today).replace(b"Employment Status", b"EMPL_STAT_CD_2", 1)


def somebody_elses(payroll: Payroll, today: date) -> bytes:
    """Another customer's people, with the same facility codes and columns."""
    base = payroll.records(today)[0]
    return written(
        [
            base
            | {
                maple.ID_COLUMN: f"{70_000_000 + 37 * n}",
                "Employee Number": f"{500_000 + n}",
                "Legal First Name": FIRST[(5 * n + 3) % len(FIRST)],
                "Legal Last Name": LAST[(11 * n + 7) % len(LAST)],
                "Work Email": f"person{n}@other.example.com",
                "Mobile Phone": f"(213) 555-01{n % 100:02d}",
                "Facility Code": maple.LOCATIONS[n % 3].code,
                "Employment Status": "Active",
                "Termination Date": "",
                "Hire Date": us(date(2020, 1, 1 + n % 28)),
                "Original Hire Date": us(date(2020, 1, 1 + n % 28)),
            }
            for n in range(230)
        ]
    )


def older(payroll: Payroll, today: date) -> bytes:
    """The export of long ago, with its old date."""
    return maple.first_feed(today)


BAD_FEEDS = (
    BadFeed("empty", empty, frozenset({"empty"})),
    BadFeed("half", half, frozenset({"short"})),
    BadFeed("renamed column", renamed, frozenset({"column_gone"})),
    BadFeed("another customer's file", somebody_elses, frozenset({"short"})),
    BadFeed("an older file", older, frozenset({"stale"}), old_date=True),
)

BAD_PULLS = (
    BadFeed("empty", empty, frozenset({"empty", "feed_unreadable", "source_busy"})),
    BadFeed("half", half, frozenset({"short"})),
    BadFeed("permission withdrawn", Payroll.export, frozenset({"column_gone"}), withdrawn=True),
    BadFeed("another customer's people", somebody_elses, frozenset({"short"})),
)
"""What a platform that is asked for everybody may answer: it sends no file of long ago."""


def days_of(start: date, days: int, among: tuple[BadFeed, ...] = BAD_FEEDS) -> dict[date, BadFeed]:
    """All of these, spread over the year, each on a day of its own, never on a payday's Friday."""
    found: dict[date, BadFeed] = {}
    for number, bad in enumerate(among, 1):
        at = date.fromordinal(start.toordinal() + round(days * number / (len(among) + 1)))
        while at in found or at.weekday() in (3, 4, 5):
            at = date.fromordinal(at.toordinal() + 1)
        found[at] = bad
    return found
