"""What was applied is the truth: which run closes which issue, by kind of run, scope of the hold and place."""

from __future__ import annotations

import os

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.directory.models import Location
from schedulepop.sync.models import Issue
from schedulepop.sync.review.undo import undo
from schedulepop.sync.run import runs
from tests import made, standing
from tests.sync.conftest import PEOPLE

pytestmark = pytest.mark.django_db

OPERATOR = Actor.operator("test")
GONE_MAPLE = "010,9010,Mona,Castle,,(515) 555-0110,101,CNA,East Wing,Active,2021-02-01"
GONE_OAK = "210,9210,Olga,Castle,,(515) 555-0210,202,CNA,East Wing,Active,2021-02-01"
CODE_OAK = "211,9211,Oren,Castle,oren@example.com,,202,DIETARY,East Wing,Active,2021-02-01"
STAYS = "212,9212,Otis,Castle,otis@example.com,,202,CNA,East Wing,Active,2021-02-01"
OAK = tuple(
    f"{n},9{n},Otto,Oak{chr(97 + n // 26)}{chr(97 + n % 26)},o{n}@example.com,,202,CNA,East Wing,Active,2020-01-15"
    for n in range(300, 330)
)
MORE = tuple(
    f"{n},9{n},Mara,Elm{chr(97 + n // 26)}{chr(97 + n % 26)},m{n}@example.com,,101,CNA,East Wing,Active,2020-01-15"
    for n in range(400, 440)
)
FIRST = (*PEOPLE, *MORE, GONE_MAPLE, *OAK, GONE_OAK, CODE_OAK, STAYS)
MENDED = tuple(
    row.replace("Castle,,", f"Castle,{row[:3]}@example.com,").replace("DIETARY", "CNA") for row in FIRST
)
"""The same people with everything put right: whoever applies it closes every issue."""


@standing.made_once
def two(payroll):
    """Two locations with an issue by person at each, and one by code at Oak Hill."""
    oak = made.location(payroll.integration.organization, "Oak Hill", "202")
    made.duty(oak, "CNA", "CNA")
    made.zone(oak, "East Wing", "East Wing")
    payroll.sends(*FIRST)
    payroll.first_sync()
    return payroll


def open_() -> set[str]:
    found = Issue.objects.filter(resolved_at=None).exclude(code__in=["on_hold", "rows_unusual"])
    return {f"{one.code} {one.key.split(':')[-1]}" for one in found}


def on_hold() -> dict[str, int]:
    names = {str(place.pk): place.name for place in Location.objects.all()}
    found = Issue.objects.filter(resolved_at=None, code="on_hold")
    return {names.get(one.key.split(":")[-1], one.key): one.count for one in found}


MAPLE, OAKS, CODE = "needs_contact 010", "needs_contact 210", "unmapped_duty dietary"
ALL = {MAPLE, OAKS, CODE}


def without(*ids: str) -> list[str]:
    return [row for row in MENDED if row.split(",")[0] not in ids]


SHORT_OAK = without(*(str(n) for n in range(300, 305)))
SHORT_ALL = without(*(str(n) for n in range(300, 305)), *(str(n) for n in range(400, 405)))


def test_the_first_feed_opens_them(two) -> None:
    assert open_() == ALL


@pytest.mark.parametrize(
    ("rows", "state", "left"),
    [
        (MENDED, "applied", set()),
        (SHORT_OAK, "applied", {OAKS, CODE}),
        (SHORT_ALL, "held", ALL),
        ([], "held", ALL),
    ],
    ids=["whole", "one location on hold", "all on hold", "empty"],
)
def test_a_feed_closes_the_issues_of_the_scopes_where_it_was_applied(two, rows, state, left) -> None:
    two.sends(*rows)
    run = two.runs()
    assert (run.state, open_() - {"feed_empty empty organization"}) == (state, left)
    if state == "held" and rows:
        assert all(on_hold().values())


def test_a_preview_closes_none_and_its_approval_does(two) -> None:
    two.sends(*MENDED)
    run = two.runs(preview=True)
    assert open_() == ALL
    runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    assert open_() == set()


def test_a_failed_feed_and_an_older_one_close_none(two) -> None:
    two.path.unlink()
    assert (two.runs().state, open_()) == ("failed", ALL)
    two.sends(*MENDED)
    os.utime(two.path, (1_600_000_000, 1_600_000_000))
    assert (two.runs().state, open_()) == ("skipped", ALL)


@pytest.mark.parametrize("rows", [SHORT_OAK, SHORT_ALL], ids=["location", "organization"])
def test_an_approval_closes_them_and_what_was_on_hold(two, rows) -> None:
    two.sends(*rows)
    run = two.runs()
    assert on_hold()
    done = runs.approve(run, plan_hash=run.plan_hash, actor=OPERATOR)
    assert (done.state, open_(), on_hold()) == ("applied", set(), {})


@pytest.mark.parametrize("rows", [SHORT_OAK, SHORT_ALL], ids=["location", "organization"])
def test_a_discarded_feed_closes_only_what_was_on_hold(two, rows) -> None:
    two.sends(*rows)
    run = two.runs()
    before = open_()
    runs.discard(run, actor=OPERATOR)
    assert (open_(), on_hold()) == (before, {})


def test_a_better_feed_takes_the_place_of_a_hold(two) -> None:
    two.sends(*SHORT_ALL)
    two.runs()
    two.sends(*SHORT_OAK)
    two.runs()
    assert (open_(), list(on_hold())) == ({OAKS, CODE}, ["Oak Hill"])
    two.sends(*MENDED)
    two.runs()
    assert (open_(), on_hold()) == (set(), {})


def test_a_doubted_feed_opens_nothing_about_people(two) -> None:
    odd = [row.replace("o310@example.com", "no address").replace(",CNA,", ",CNA9,") for row in SHORT_ALL]
    two.sends(*odd)
    assert (two.runs().state, open_()) == ("held", ALL)


def test_an_undone_run_has_closed_none_and_opened_none(two) -> None:
    two.sends(*(row.replace("o310@example.com", "no address") for row in MENDED))
    run = two.runs()
    assert open_() == {"email_placeholder 310"}
    undo.apply(run, plan_hash=undo.preview(run).digest, actor=OPERATOR)
    assert open_() == ALL


@pytest.mark.parametrize("small", [1, 10_000], ids=["only who differs", "everybody"])
def test_a_finding_that_went_away_under_a_hold_is_closed_by_the_feed_that_is_applied(two, small) -> None:
    """No change comes of it: an unreadable phone turns blank while the feed is on hold."""
    two.integration.policy = {"whole_compare_below": small}
    two.integration.save()
    odd = [row.replace("o310@example.com,", "o310@example.com,12") for row in MENDED]
    two.sends(*odd)
    two.runs()
    assert open_() == {"phone_unreadable 310"}
    two.sends(*SHORT_ALL)
    two.runs()
    assert open_() == {"phone_unreadable 310"}
    two.sends(*MENDED)
    two.runs()
    assert open_() == set()


def test_a_local_edit_under_a_hold_is_overwritten_by_the_feed_that_is_applied(two) -> None:
    from schedulepop.accounts.models import User

    two.integration.policy = {"whole_compare_below": 1}
    two.integration.save()
    two.sends(*SHORT_ALL)
    User.objects.filter(email="o310@example.com").update(email="edited@example.com")
    two.runs()
    two.sends(*FIRST)
    two.runs()
    assert User.objects.filter(email="o310@example.com").exists()


def test_a_hold_counts_the_people_it_is_about_although_a_change_waits_with_them(two) -> None:
    hire = "500,9500,Hanna,Elm,h500@example.com,,202,CNA,East Wing,Active,2020-01-15"
    two.sends(*SHORT_OAK, hire)
    two.runs()
    assert on_hold()["Oak Hill"] == 5
