"""Ninety people and the nights of a bad year, against a truth kept aside: no night leaves a wrong list.

In two organizations: columns recognized, and columns mapped. The truth is the good export; whatever a night sends, the
User List still says what the good export said, and the night's cause is named.
"""

from __future__ import annotations

import copy
from datetime import date, timedelta
from functools import cache

import pytest

from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.plan import fingerprints, trial
from schedulepop.sync.plan.frames.plan import Plan, PlanInput
from schedulepop.sync.plan.pipeline import plan
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.wording import findings
from tests.sync.plan.campaign.nights import NIGHTS, REFUSED, Night
from tests.sync.plan.campaign.payroll import COLUMNS, GOOD
from tests.sync.plan.made_frames import TODAY
from tests.sync.plan.memory import UserList

MAPPINGS = {"recognized": Mapping(), "mapped": Mapping(columns=COLUMNS)}
TOLD_OF_A_PERSON = ("first_name", "last_name", "email", "phone")
TOLD_OF_A_PLACE = ("location_id", "status", "duty_id", "zone_id", "hire_date", "termination_date", "ends_on")


def _plan(now: UserList, data: bytes, mapping: Mapping, today: date) -> Plan:
    profile = trial.profile_file(data, name="payroll.csv", mapping=mapping)
    snapshot = now.snapshot(today)
    delta = fingerprints.full_delta(profile.feed, profile.columns, snapshot.links["source_id"])
    return plan(PlanInput(profile, delta, snapshot, mapping, Policy()))


@cache
def _synced(kind: str) -> UserList:
    """The User List after the good export's first sync and a quiet night."""
    now, data = UserList(first_sync=True), GOOD.text().encode()
    for day in range(2):
        drawn = _plan(now, data, MAPPINGS[kind], TODAY + timedelta(days=day))
        now.apply(drawn)
    assert drawn.changes.is_empty()
    assert len(now.people) == len(GOOD.rows)
    return now


def _list(now: UserList) -> dict[str, tuple[object, ...]]:
    people = {one["user_id"]: one for one in now.people}
    members = {one["user_id"]: one for one in now.members}
    assert len(members) == len(now.members)
    return {
        source_id: (
            *(people[user][name] for name in TOLD_OF_A_PERSON),
            *(members[user][name] for name in TOLD_OF_A_PLACE),
        )
        for source_id, user in now.links.items()
    }


@pytest.mark.parametrize("kind", list(MAPPINGS))
@pytest.mark.parametrize("night", NIGHTS, ids=lambda night: night.name)
def test_a_night_leaves_the_list_right_and_names_its_cause(kind: str, night: Night) -> None:
    now = copy.deepcopy(_synced(kind))
    before = _list(now)
    try:
        drawn = _plan(now, night.data, MAPPINGS[kind], TODAY + timedelta(days=2))
    except NeedsAdmin:
        assert night.says == {REFUSED}
        return
    now.apply(drawn)
    assert _list(now) == before
    told = {*drawn.problems["code"], *drawn.holds["rule"]}
    assert not night.says or night.says & told, told
    assert all(findings.message(one) for one in drawn.problems.iter_rows(named=True))


def test_a_good_night_after_a_bad_one_is_quiet() -> None:
    now = copy.deepcopy(_synced("recognized"))
    before = _list(now)
    for day, night in enumerate(NIGHTS, 2):
        if REFUSED in night.says:
            continue
        now.apply(_plan(now, night.data, Mapping(), TODAY + timedelta(days=day)))
    drawn = _plan(now, GOOD.text().encode(), Mapping(), TODAY + timedelta(days=len(NIGHTS) + 2))
    now.apply(drawn)
    assert (_list(now), drawn.holds.height) == (before, 0)


def test_there_are_enough_nights() -> None:
    bad = [night for night in NIGHTS if night.says]
    assert len(bad) >= 40
