"""A `short` hold, accepted: the people it names are no longer expected, and nobody else."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.directory.models import Membership
from schedulepop.sync.models import Link
from schedulepop.sync.review import no_longer_expected
from schedulepop.sync.run import runs
from tests import made
from tests.sync.conftest import PEOPLE

pytestmark = pytest.mark.django_db

OPERATOR = Actor.operator("test")
OAK = tuple(
    f"{n},9{n},Otto,Oak{chr(97 + n // 26)}{chr(97 + n % 26)},o{n}@example.com,,202,CNA,East Wing,Active,2020-01-15"
    for n in range(100, 160)
)


def accepted() -> set[str]:
    return set(Link.objects.filter(short_accepted=True).values_list("source_id", flat=True))


def told(run) -> dict[str, list[str]]:
    named = no_longer_expected.named_by(run)
    return {place.location: [f"{one.name} {one.source_id}" for one in place.people] for place in named.places}


def test_a_short_feed_with_nothing_else_to_apply_becomes_the_new_normal(payroll, synced) -> None:
    payroll.sends(*PEOPLE[:3])
    run = payroll.runs()
    assert (run.state, run.counts["held"]) == ("held", 0)
    assert told(run) == {"Maple Grove": ["Omar Haddad 005", "Petra Lindqvist 004", "Ruth Bello 006"]}
    done = runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    assert (done.state, done.rest, accepted()) == ("applied", "approved", {"004", "005", "006"})
    assert no_longer_expected.named_by(done).count == 3
    after = payroll.runs()
    assert (after.state, after.holds, told(after)) == ("applied", [], {})
    assert Membership.objects.filter(status="active").count() == 6


def test_who_comes_back_is_expected_again(payroll, synced) -> None:
    payroll.sends(*PEOPLE[:3])
    run = payroll.runs()
    runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    payroll.sends(*PEOPLE[:4])
    payroll.runs()
    assert accepted() == {"005", "006"}


@pytest.fixture
def two_places(payroll):
    oak = made.location(payroll.integration.organization, "Oak Hill", "202")
    made.duty(oak, "CNA", "CNA")
    made.zone(oak, "East Wing", "East Wing")
    payroll.sends(*PEOPLE, *OAK)
    payroll.first_sync()
    return payroll


def test_only_those_whom_the_hold_counted_are_accepted(two_places) -> None:
    """At Oak Hill one is gone, which holds nothing; Omar is away from Maple Grove, and was not working before."""
    Membership.objects.filter(user__first_name="Omar").update(status="suspended")
    two_places.sends(*PEOPLE[:2], *OAK[1:])
    run = two_places.runs()
    assert {hold["rule"] for hold in run.holds} == {"short"}
    assert told(run) == {"Maple Grove": ["Delia Abernathy 003", "Petra Lindqvist 004", "Ruth Bello 006"]}
    runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    assert accepted() == {"003", "004", "006"}


def test_a_short_organization_names_everybody_by_location(two_places) -> None:
    two_places.sends(*PEOPLE[:1], *OAK[10:])
    run = two_places.runs()
    named = no_longer_expected.named_by(run)
    assert [(place.location, len(place.people)) for place in named.places] == [
        ("Maple Grove", 5),
        ("Oak Hill", 10),
    ]
    assert named.count == 15
    runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    assert len(accepted()) == 15


def test_a_run_without_a_plan_names_nobody(payroll, synced) -> None:
    payroll.path.write_text("", encoding="utf-8")
    assert no_longer_expected.named_by(payroll.runs()).places == ()
