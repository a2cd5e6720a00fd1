"""The year in figures: one line of JSON, a table by month, and every broken promise by name."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from rich.table import Table

from simulation.year import Day, Year

COLUMNS = ("created", "updated", "deactivated", "reactivated", "transferred", "held", "rejected")


def figures(year: Year, seconds: float) -> dict[str, Any]:
    """The last line: counts, and the seconds it took."""
    double, lost = year.judge.mails(year.hires)
    in_time, late = year.judge.within_24h(year.hires)
    bad = [day for day in year.told if day.bad]
    return {
        "days": len(year.told),
        "duplicates": len(year.judge.duplicates()),
        "wrongful_removals": len(year.judge.wrongful),
        "double_emails": len(double),
        "lost_emails": len(lost),
        "bad_feeds": len(bad),
        "bad_feeds_held": sum(day.stopped for day in bad),
        "holds": year.staff.holds,
        "hires": in_time + len(late),
        "hires_within_24h": in_time,
        "seconds": round(seconds, 1),
    }


def table(year: Year) -> Table:
    """A line a month: what the nights did, and on how many of them something waited."""
    drawn = Table(title="Maple Health, month by month", header_style="bold")
    drawn.add_column("month")
    for name in ("people", *COLUMNS, "nights with a hold", "bad feeds"):
        drawn.add_column(name, justify="right")
    people = iter(year.judge.headcount[1:])
    for month, nights in groupby(year.told, key=lambda day: f"{day.on:%b %Y}"):
        days = list(nights)
        at_the_end = [next(people) for _ in days][-1]
        sums = [sum(day.counts.get(name, 0) for day in days) for name in COLUMNS]
        drawn.add_row(
            month, str(at_the_end), *map(str, sums), str(sum(bool(day.holds) for day in days)), _bad(days)
        )
    return drawn


def _bad(days: list[Day]) -> str:
    return ", ".join(f"{day.bad} {'stopped' if day.stopped else 'NOT STOPPED'}" for day in days if day.bad)


def broken(year: Year) -> list[str]:
    """What a reader must see when a promise was not kept, by name."""
    double, lost = year.judge.mails(year.hires)
    _, late = year.judge.within_24h(year.hires)
    return [
        *(f"Wrongly removed: {who}" for who in year.judge.wrongful),
        *(f"Two users: {who}" for who in year.judge.duplicates()),
        *(f"Welcomed twice: {who}" for who in double),
        *(f"Never welcomed: {who}" for who in lost),
        *(f"Later than 24 hours: {who}" for who in late),
        *(
            f"Not stopped: {day.bad} on {day.on} ({day.state}, {', '.join(day.holds)})"
            for day in year.told
            if day.bad and not day.stopped
        ),
    ]
