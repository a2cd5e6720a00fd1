"""The User List: in order, found by what people know of each other, and as cheap for 5,000 as for three."""

from __future__ import annotations

from typing import Any

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.directory import reads
from schedulepop.directory.models import Membership, MembershipDuty
from schedulepop.directory.reads import Filters
from schedulepop.lib.text import sort_key
from tests import made

pytestmark = pytest.mark.django_db


def test_alphabetical_as_people_read_it() -> None:
    place = made.location()
    for name in ("Zoë de Vries", "Ana Ruiz", "Åsa Ångström", "Ben O'Brien", "Al ruiz", "Cy Obrien"):
        made.person(place, name)
    rows = reads.user_list(Actor.operator("root"), place.organization)
    assert [row.user.full_name for row in rows] == [
        "Åsa Ångström",
        "Zoë de Vries",
        "Ben O'Brien",
        "Cy Obrien",
        "Al ruiz",
        "Ana Ruiz",
    ]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("smith", ["Smith-Jones"]),
        ("SMITH-JONES", ["Smith-Jones"]),
        ("jones mia", ["Smith-Jones"]),
        ("angstrom", ["Ångström"]),
        ("o'brien", ["O’Brien"]),
        ("obrien", ["O’Brien"]),
        ("(555) 010-0123", ["Smith-Jones"]),
        ("0123", ["Smith-Jones"]),
        ("00417", ["Ångström"]),
        ("E-77", ["O’Brien"]),
        ("asa@example", ["Ångström"]),
        ("mia.s", ["Smith-Jones"]),
        ("", ["O’Brien", "Smith-Jones", "Ångström"]),
        ("   ", ["O’Brien", "Smith-Jones", "Ångström"]),
        ("nobody", []),
        ("%", []),
        ("_", []),
        ("' OR 1=1 --", []),
        ("\x00", ["O’Brien", "Smith-Jones", "Ångström"]),
        ("\\", []),
        ("x" * 10_000, []),
    ],
)
def test_found_by_what_one_knows(search: str, found: list[str]) -> None:
    place = made.location()
    made.person(place, "Mia Smith-Jones", phone="+15550100123", username="mia.smithjones")
    made.person(place, "Åsa Ångström", email="Asa@example.com", membership_more={"employee_number": "00417"})
    made.person(place, "Ben O’Brien", membership_more={"employee_number": "E-77"})
    rows = reads.user_list(Actor.operator("root"), place.organization, Filters(search=search))
    assert sorted(row.user.last_name for row in rows) == found


def test_every_status_is_in_one_group_beside_all() -> None:
    place = made.location()
    for number, status in enumerate(sorted(reads.STATUS_GROUPS["all"][1])):
        made.person(place, f"Person {number}", status=status)
    counts = reads.status_counts(Actor.operator("root"), place.organization)
    assert counts == {"employed": 7, "active": 1, "upcoming": 1, "away": 5, "ended": 6, "all": 13}
    for name, count in counts.items():
        rows = reads.user_list(Actor.operator("root"), place.organization, Filters(status=name))
        assert rows.count() == count
    nonsense = Filters(status="no such status")
    assert not reads.user_list(Actor.operator("root"), place.organization, nonsense).exists()


def test_a_part_is_the_same_from_either_end() -> None:
    place = made.location()
    for number in range(7):
        made.person(place, f"Given{number} Family{number % 3}")
    rows = reads.user_list(Actor.operator("root"), place.organization)
    every = [row.pk for row in rows]
    for first in range(8):
        for last in range(first, 8):
            assert reads.part_of(rows, first, last, 7) == every[first:last]


def test_five_thousand_cost_as_many_queries_as_three(django_assert_num_queries: Any) -> None:
    place = made.location()
    duty = made.duty(place, "RN")
    margo = Actor.of(made.manager(place))
    people = User.objects.bulk_create(
        User(
            organization=place.organization,
            username=f"p{n}",
            first_name=f"Ann{n}",
            last_name="Ash",
            sort_name=sort_key(f"Ann{n}", "Ash"),
        )
        for n in range(4_999)
    )
    rows = Membership.objects.bulk_create(
        Membership(organization=place.organization, user=person, location=place) for person in people
    )
    MembershipDuty.objects.bulk_create(
        MembershipDuty(membership=row, location=place, duty=duty, by_manager=True) for row in rows
    )
    assert not margo.runs_syncs(place.organization)  # what grants say is asked once per actor
    with django_assert_num_queries(3):
        listed = list(reads.with_extras(reads.user_list(margo, place.organization)))
        said = [
            (row.user.full_name, row.location.name, [d.duty.name for d in row.duties.all()]) for row in listed
        ]
    assert len(said) == 5_000
    with django_assert_num_queries(1):
        assert reads.user_list(margo, place.organization).count() == 5_000
    with django_assert_num_queries(1):
        assert reads.status_counts(margo, place.organization)["active"] == 5_000
