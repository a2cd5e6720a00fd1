"""Headcount and turnover of a year, and how fast new people set up their accounts: from the dates the list holds.

Nothing is stored for it: employments carry their first and last day, so the count of any month follows from them. What
the list never held is not in it: who left before payroll was connected (the reader of a picture has to be told).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from schedulepop import employee
from schedulepop.accounts.models import Organization
from schedulepop.directory.models import Location
from schedulepop.employee import Status
from schedulepop.lib import sql

MONTHS = 12
LONGEST = 90
"""Days to set-up are counted one by one up to here, and together from here on."""
_NEVER_BEGAN = sorted({Status.UPCOMING, Status.CANCELED})


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a location."""

    first: date
    people: int  # employed at its end; of the present month: today
    joined: int
    left: int


@dataclass(frozen=True, slots=True)
class Year:
    """The last twelve months of a location, oldest first; the last one is the present month."""

    location: Location
    months: tuple[Month, ...]

    def turnover(self, since: date) -> float | None:
        """Who left in the months from `since` on as a share of the average headcount at their ends; None: nobody
        worked there. Not scaled to a year."""
        counted = [one for one in self.months if one.first >= since.replace(day=1)]
        average = sum(one.people for one in counted) / len(counted) if counted else 0.0
        return sum(one.left for one in counted) / average if average else None


def months_to(today: date) -> tuple[date, ...]:
    """The first days of the last twelve months, oldest first."""
    last = today.year * 12 + today.month - 1
    return tuple(date(one // 12, one % 12 + 1, 1) for one in range(last - MONTHS + 1, last + 1))


def of_year(organization: Organization, locations: Sequence[Location], today: date) -> list[Year]:
    """The year of each of these locations of the organization; one query, however many people and places."""
    starts = months_to(today)
    given = _given(organization, locations, today) | {"starts": list(starts), "never_began": _NEVER_BEGAN}
    with connection.cursor() as cursor:
        cursor.execute(sql.load("schedulepop.directory", "headcount"), given)
        rows = cursor.fetchall()
    return years(locations, starts, rows)


def years(
    locations: Iterable[Location], starts: Sequence[date], rows: Iterable[tuple[int, int, int | None, int]]
) -> list[Year]:
    """From rows of (location id, period of the beginning, period of the end, how many); period 0 is before."""
    joined: dict[int, list[int]] = {}
    left: dict[int, list[int]] = {}
    for place_id, began, ended, count in rows:
        joined.setdefault(place_id, [0] * (len(starts) + 1))[began] += count
        if ended is not None:
            left.setdefault(place_id, [0] * (len(starts) + 1))[max(began, ended)] += count
    none = [0] * (len(starts) + 1)
    found = []
    for place in locations:
        came, went = joined.get(place.pk, none), left.get(place.pk, none)
        people, months = came[0] - went[0], []
        for position, first in enumerate(starts, 1):
            people += came[position] - went[position]
            months.append(Month(first, people, came[position], went[position]))
        found.append(Year(place, tuple(months)))
    return found


@dataclass(frozen=True, slots=True)
class SetUps:
    """How many days after their hire people hired within the year set up their account."""

    by_days: Mapping[int, int]  # 0: on the first day or before; LONGEST: that many or more
    waiting: int  # invited, and not set up

    @property
    def done(self) -> int:
        return sum(self.by_days.values())

    @property
    def median(self) -> int | None:
        """The days within which half of those who did it had done it."""
        reached = 0
        for days in sorted(self.by_days):
            reached += self.by_days[days]
            if 2 * reached >= self.done:
                return days
        return None


def days_to_set_up(organization: Organization, locations: Iterable[Location], today: date) -> SetUps:
    """Of people hired at these locations within the last twelve months and invited; one query."""
    given = _given(organization, locations, today) | {"since": months_to(today)[0], "longest": LONGEST}
    with connection.cursor() as cursor:
        cursor.execute(sql.load("schedulepop.directory", "days_to_set_up"), given)
        found: dict[int | None, int] = dict(cursor.fetchall())
    waiting = found.pop(None, 0)
    return SetUps({days: count for days, count in found.items() if days is not None}, waiting)


def _given(organization: Organization, locations: Iterable[Location], today: date) -> dict[str, Any]:
    return {
        "organization": organization.pk,
        "locations": [one.pk for one in locations],
        "today": today,
        "ended": sorted(employee.ENDED),
    }
