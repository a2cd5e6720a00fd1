"""Laws of pay, of further jobs and of the dates, on random payrolls that give a rate per job (hypothesis).

Few people with several jobs each, rates with and without a first day, leaves with a return date; the midnights between
the feeds come too. On every day the same must hold: what was done is done, and what nobody looks at has not changed.
"""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from schedulepop.sync.plan import trial
from schedulepop.sync.plan.frames.feed import FileProfile
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.plan.read import read
from schedulepop.sync.plan.without_feed import plan_due
from tests.scale import reach
from tests.sync.plan.made_frames import TODAY
from tests.sync.plan.memory import UserList
from tests.sync.plan.test_laws import LAW as SHARED
from tests.sync.plan.test_laws import World, _content

LAW = settings(SHARED, max_examples=reach(5, 15))  # worlds with pay and midnights are several runs each

HEADER = (
    "Employee ID,First Name,Last Name,Location,Job Code,Department,Status,Hire Date,Pay "
    "Rate,Rate Type,Rate Effective Date,"
    "Primary Job,Return Date"
)
PEOPLE = ["001,Ann,Lee", "002,Bob,Ray", "003,Cat,Diaz"]
DAYS = ["", "", "2026-03-01", "2026-03-11", "2026-03-12"]
jobs = st.tuples(
    st.sampled_from(PEOPLE),
    st.sampled_from(["MN", "MN", "MS"]),
    st.sampled_from(["RN", "CNA", "LPN"]),
    st.sampled_from(["E", "W"]),
    st.sampled_from(["Active", "Active", "Active", "Leave"]),
    st.just("2019-02-11"),
    st.sampled_from(["", "20.00", "22.00", "24.00", "300.00"]),
    st.sampled_from(["Hourly", "Hourly", "Annual"]),
    st.sampled_from(DAYS),
    st.sampled_from(["", "", "Yes", "No"]),
    st.sampled_from(DAYS),
)
payrolls = st.lists(jobs, max_size=7).map(
    lambda lines: "\n".join([HEADER, *(",".join(line) for line in lines), ""])
)
NOBODY = {"floor": 99, "share": 1.0}
RULES = [
    Policy(pay=True),
    Policy(pay=True, short=NOBODY, field_change=NOBODY, removals_location=NOBODY, creates_location=NOBODY),
]


class Paid(World):
    """A world whose integration reads pay."""

    def seen(self, text: str) -> FileProfile:
        return trial.profile_feed(read(text.encode(), pay=True, name="feed.csv"), self.mapping)

    def midnight(self) -> Plan:
        """The next day begins, and what falls due is applied."""
        self.today += timedelta(days=1)
        drawn = plan_due(self.now.snapshot(self.today), self.policy, today=self.today)
        self.now.apply(drawn)
        return drawn

    def due(self) -> pl.DataFrame:
        """What would fall due now, and goes through."""
        return plan_due(self.now.snapshot(self.today), self.policy, today=self.today).applicable


@st.composite
def worlds(draw: st.DrawFn) -> Paid:
    """Nobody yet, or a list as one earlier payroll left it."""
    world = Paid(
        UserList(first_sync=True),
        draw(st.sampled_from(RULES)),
        Mapping(),
        TODAY - timedelta(days=draw(st.integers(0, 4))),
    )
    if draw(st.booleans()):
        world.now.apply(world.plan(draw(payrolls)))
    world.today = TODAY
    return world


def rates(now: UserList) -> list[tuple[Any, ...]]:
    """Every rate on the list, in force and ahead."""
    return [
        (
            row["membership_id"],
            row.get("duty_id"),
            row.get("pay_rate"),
            row.get("next_pay_rate"),
            row.get("next_pay_on"),
        )
        for row in (*now.members, *now.extras)
    ]


@LAW
@given(worlds(), payrolls)
def test_the_same_feed_changes_nothing_before_and_after_midnights(world: Paid, feed: str) -> None:
    for _ in range(4):
        world.now.apply(world.plan(feed))
        assert world.plan(feed).applicable.is_empty()
        world.midnight()
        assert world.due().is_empty(), "what has fallen due once is not due again"


@LAW
@given(worlds(), payrolls)
def test_a_midnight_and_the_feed_of_that_day_come_to_the_same(world: Paid, feed: str) -> None:
    """Whether the tick comes first or the run, which may hold somebody: on the evening of that day the list is the
    same.
    """
    world.now.apply(world.plan(feed))
    other = copy.deepcopy(world)
    world.midnight()
    world.now.apply(world.plan(feed))
    other.today += timedelta(days=1)
    other.now.apply(other.plan(feed))
    other.now.apply(plan_due(other.now.snapshot(other.today), other.policy, today=other.today))
    assert sorted(rates(world.now), key=str) == sorted(rates(other.now), key=str)
    assert [m["status"] for m in world.now.members] == [m["status"] for m in other.now.members]


@LAW
@given(worlds(), payrolls, st.sets(st.integers(1, 7), max_size=2))
def test_the_fast_plan_is_the_full_plan_with_pay_and_midnights(
    world: Paid, feed: str, gone: set[int]
) -> None:
    drawn = world.plan(feed)
    world.now.apply(drawn)
    feed = "\n".join(line for n, line in enumerate(feed.split("\n")) if n not in gone)
    for tick in (True, False, True):
        if tick:
            world.midnight()
        else:
            world.today += timedelta(days=1)
        full, fast = world.plan(feed), world.plan(feed, drawn)
        assert _content(full) == _content(fast)
        assert full.extras.to_dicts() == fast.extras.to_dicts()
        assert full.problems.to_dicts() == fast.problems.to_dicts()
        assert full.fingerprints.equals(fast.fingerprints)
        world.now.apply(full)
        drawn = full


@LAW
@given(worlds(), payrolls, st.randoms(use_true_random=False))
def test_the_order_of_jobs_and_rates_does_not_matter(world: Paid, feed: str, random: Any) -> None:
    header, *lines = feed.strip().split("\n")
    other = "\n".join([header, *random.sample(lines, len(lines)), ""])
    one, two = world.plan(feed), world.plan(other)
    assert _content(one) == _content(two)
    keys = ("change_no", "kind", "id", "new")
    assert one.extras.sort(keys).to_dicts() == two.extras.sort(keys).to_dicts()


@LAW
@given(worlds(), payrolls)
def test_no_absurd_rate_gets_onto_the_list_unasked(world: Paid, feed: str) -> None:
    """Ten times what somebody has, at once or dated ahead, of the primary duty or a further one, never goes through."""
    before = paid(world.now)
    world.now.apply(world.plan(feed))
    for job, (rate, unit, *ahead) in paid(world.now).items():
        old, old_unit, *_ = before.get(job, (None, None))
        for new, new_unit in ((rate, unit), ahead):
            if old and new and new_unit == old_unit:
                assert old / 10 < new < old * 10


def paid(now: UserList) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Rate and unit, in force and ahead, of every duty, primary and further ones apart."""
    rows = [("primary", row) for row in now.members] + [("further", row) for row in now.extras]
    names = ("pay_rate", "pay_unit", "next_pay_rate", "next_pay_unit")
    return {
        (kind, row["membership_id"], row.get("duty_id")): tuple(row.get(name) for name in names)
        for kind, row in rows
    }
