"""Headcount, turnover and days to set-up: counted from the dates the list holds."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from schedulepop.accounts.models import Invitation, User
from schedulepop.directory import headcount
from schedulepop.directory.headcount import SetUps
from schedulepop.directory.models import EmploymentPeriod, Location
from tests import made

TODAY = date(2026, 11, 17)
STARTS = headcount.months_to(TODAY)


def test_the_last_twelve_months_end_with_the_present_one() -> None:
    assert (STARTS[0], STARTS[-1], len(STARTS)) == (date(2025, 12, 1), date(2026, 11, 1), 12)


def test_headcount_is_who_began_without_who_ended() -> None:
    place = Location(pk=7, name="Maple Grove")
    rows = [(7, 0, None, 50), (7, 0, 3, 2), (7, 2, None, 4), (7, 2, 12, 1), (7, 0, 0, 9)]
    (year,) = headcount.years([place], STARTS, rows)
    assert [one.people for one in year.months] == [52, 57, 55, *([55] * 8), 54]
    assert (year.months[1].joined, year.months[2].left, year.months[11].left) == (5, 2, 1)


def test_turnover_counts_only_the_months_that_are_known() -> None:
    (year,) = headcount.years([Location(pk=7)], STARTS, [(7, 0, None, 10), (7, 0, 2, 10), (7, 0, 12, 1)])
    assert year.turnover(date(2026, 10, 20)) == pytest.approx(1 / 10.5)
    assert year.turnover(date(2027, 1, 1)) is None
    (empty,) = headcount.years([Location(pk=8)], STARTS, [])
    assert empty.turnover(STARTS[0]) is None


@pytest.mark.parametrize(
    ("by_days", "median"), [({}, None), ({3: 1}, 3), ({0: 2, 5: 1, 30: 1}, 0), ({0: 1, 5: 1, 30: 1}, 5)]
)
def test_half_of_them_were_set_up_within(by_days: dict[int, int], median: int | None) -> None:
    assert SetUps(by_days, waiting=0).median == median


@pytest.fixture
def place() -> Location:
    return made.location(made.organization(timezone="America/Chicago"), "Maple Grove")


def works(place: Location, hired: date | None, status: str = "active", **more: object) -> User:
    return made.person(place, status=status, hire_date=hired, membership_more=more)


@pytest.mark.django_db
def test_every_kind_of_employment(place: Location) -> None:
    works(place, date(2015, 3, 1))
    works(place, None)
    works(place, date(2026, 2, 10))
    works(place, date(2026, 2, 10), "suspended")
    works(place, date(2019, 1, 1), "resigned", termination_date=date(2026, 2, 28))
    works(place, date(2019, 1, 1), "terminated", termination_date=date(2024, 2, 28))
    works(place, date(2026, 12, 1), "upcoming")
    works(place, date(2026, 1, 5), "canceled")
    merged = works(place, date(2015, 3, 1))
    User.objects.filter(pk=merged.pk).update(merged_into=works(place, date(2015, 3, 1)))
    back = works(place, date(2026, 6, 1)).memberships.get()
    EmploymentPeriod.objects.create(
        membership=back, hire_date=date(2020, 1, 1), ended_on=date(2026, 3, 31), status="quit"
    )
    works(made.location(place.organization, "Oak Hill"), date(2015, 1, 1))
    (year,) = headcount.of_year(place.organization, [place], TODAY)
    people = {f"{one.first:%b}": (one.people, one.joined, one.left) for one in year.months}
    assert people["Jan"] == (5, 0, 0)
    assert people["Feb"] == (6, 2, 1)
    assert people["Mar"] == (5, 0, 1)
    assert people["Jun"] == (6, 1, 0)
    assert people["Nov"] == (6, 0, 0)


@pytest.mark.django_db
def test_days_from_hire_to_set_up_by_the_locations_day(place: Location) -> None:
    def invited(user: User, used: datetime | None = None) -> None:
        Invitation.objects.create(
            user=user,
            purpose=Invitation.SET_UP,
            token_hash=str(user.pk),
            created_at=datetime(2026, 10, 1, tzinfo=UTC),
            expires_at=datetime(2026, 10, 8, tzinfo=UTC),
            used_at=used,
        )

    hired = date(2026, 10, 5)
    invited(works(place, hired), datetime(2026, 10, 2, 12, tzinfo=UTC))
    invited(works(place, hired), datetime(2026, 10, 9, 3, tzinfo=UTC))  # the 8th in Chicago
    invited(works(place, date(2026, 1, 1)), datetime(2026, 11, 1, tzinfo=UTC))
    invited(works(place, hired))
    invited(works(place, hired, "quit", termination_date=hired))
    invited(works(place, date(2024, 1, 1)), datetime(2026, 10, 9, tzinfo=UTC))
    works(place, hired)
    found = headcount.days_to_set_up(place.organization, [place], TODAY)
    assert found == SetUps({0: 1, 3: 1, headcount.LONGEST: 1}, waiting=1)
