"""People kept apart: held by themselves, outside the figures of the quantity rules, still counted by feed rules."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from schedulepop.sync.plan.frames.changes import FIELD
from schedulepop.sync.plan.frames.feed import REJECTED
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.records import MATCHED
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS, Snapshot
from schedulepop.sync.plan.frames.steps import Changes, Verdict
from schedulepop.sync.plan.guard import (
    FEED_RULE_NAMES,
    FeedFigures,
    GuardContext,
    GuardCount,
    guard,
    would_hold,
)
from schedulepop.sync.plan.missing.people import find_missing
from schedulepop.sync.plan.policy import Limit, Policy
from tests.scale import reach
from tests.sync.plan.guard.test_guard import staff
from tests.sync.plan.made_frames import changes, frame

NOBODY_WAITS = empty(MATCHED)


def with_deferred(now: Snapshot, *ids: str) -> Snapshot:
    return replace(
        now, deferrals=pl.DataFrame({"source_id": list(ids)}, schema=SNAPSHOT_SCHEMAS["deferrals"])
    )


def leaving(now: Snapshot, *ids: str) -> pl.DataFrame:
    users = dict(now.links.iter_rows())
    return changes(
        *(
            {
                "source_id": one,
                "user_id": users[one],
                "verb": "deactivate",
                "removal": True,
                "status": "terminated",
            }
            for one in ids
        )
    )


def hiring(*ids: str) -> list[dict[str, object]]:
    return [{"source_id": one, "verb": "create", "situation": "new", "last_name": f"New{one}"} for one in ids]


def judged(now: Snapshot, planned: pl.DataFrame, absent: tuple[str, ...] = (), **policy: object) -> Verdict:
    return guard(
        GuardContext(
            changes=Changes(rows=planned),
            feed=FeedFigures(100, 0, frozenset(), {}),
            missing=find_missing(absent, now, empty(REJECTED), NOBODY_WAITS),
            snapshot=now,
            policy=Policy(**policy),
        )
    )


def held_by(verdict: Verdict) -> dict[str, str | None]:
    return dict(verdict.changes.rows.select("source_id", "held_by").iter_rows())


def test_who_is_kept_apart_is_held_and_not_counted() -> None:
    now = staff(10)
    planned = leaving(now, "001", "002", "003")
    assert set(held_by(judged(now, planned)).values()) == {"removals_location"}
    verdict = judged(with_deferred(now, "001"), planned)
    assert held_by(verdict) == {"001": "deferred", "002": None, "003": None}
    assert verdict.holds.is_empty()


def test_nobody_is_kept_apart_in_part() -> None:
    now = staff(10)
    user = dict(now.links.iter_rows())["001"]
    planned = changes(
        {"source_id": "001", "user_id": user, "verb": "deactivate", "removal": True},
        {"source_id": "901", "user_id": user},
    )
    assert set(held_by(judged(with_deferred(now, "001"), planned)).values()) == {"deferred"}


def test_three_of_five_gone_is_short_however_many_are_kept_apart() -> None:
    now, gone = staff(5), ("001", "002", "003")
    for apart in ((), gone[:1], gone[:2], gone):
        verdict = judged(with_deferred(now, *apart), changes(*hiring("901")), gone)
        assert set(verdict.holds["rule"]) == {"short"}
        assert held_by(verdict)["901"] == "short"


def test_one_field_of_many_people_is_doubted_with_those_kept_apart_among_them() -> None:
    now = with_deferred(staff(5), "001", "002")
    users = dict(now.links.iter_rows())
    planned = changes(*({"source_id": one, "user_id": users[one]} for one in ("001", "002", "003")))
    fields = [{"change_no": n, "field": "email", "old": "a", "new": "b", "why": "payroll"} for n in range(3)]
    members = now.members.select("user_id", "membership_id")
    planned = planned.drop("membership_id").join(members, on="user_id", how="left").select(planned.columns)
    context = GuardContext(
        changes=Changes(rows=planned, fields=frame(fields, FIELD)),
        feed=FeedFigures(5, 0, frozenset(), {}),
        snapshot=now,
        policy=Policy(),
    )
    verdict = guard(context)
    assert "field_change" in set(verdict.holds["rule"])
    assert held_by(verdict) == {"001": "deferred", "002": "deferred", "003": "field_change"}


def test_a_hire_who_resembles_somebody_kept_apart_waits_and_others_do_not() -> None:
    now = with_deferred(staff(10), "001")
    planned = pl.concat(
        [
            leaving(now, "001", "002"),
            changes(
                {
                    "source_id": "901",
                    "verb": "create",
                    "situation": "new",
                    "first_name": "First1",
                    "last_name": "Last1",
                },
                {
                    "source_id": "902",
                    "verb": "create",
                    "situation": "new",
                    "first_name": "First2",
                    "last_name": "Last2",
                },
            ).with_columns(pl.col("change_no") + 2),
        ]
    )
    verdict = judged(now, planned)
    assert held_by(verdict) == {"001": "deferred", "002": None, "901": "resembles_leaver", "902": None}


@settings(max_examples=reach(30, 200), deadline=None, derandomize=True, database=None)
@given(
    st.integers(3, 40),
    st.sets(st.integers(0, 39), max_size=12),
    st.sets(st.integers(0, 39), max_size=8),
    st.sets(st.integers(0, 39), max_size=12),
)
def test_keeping_apart_lets_nobody_be_removed_and_lifts_no_doubt_about_the_feed(
    size: int, going: set[int], absent: set[int], apart: set[int]
) -> None:
    now = staff(size)
    there = [f"{n:03d}" for n in range(size)]
    leave = [there[n] for n in sorted(going) if n < size]
    gone = tuple(there[n] for n in sorted(absent - going) if n < size)
    deferred = {there[n] for n in apart if n < size}
    planned = leaving(now, *leave)
    before, after = judged(now, planned, gone), judged(with_deferred(now, *deferred), planned, gone)
    held, kept = held_by(before), held_by(after)
    assert all(kept[one] == "deferred" for one in leave if one in deferred)
    doubts = before.feed_holds.drop("params").to_dicts()
    assert after.feed_holds.drop("params").to_dicts() == doubts
    for one in leave:
        if held[one] in FEED_RULE_NAMES:
            assert kept[one] in FEED_RULE_NAMES | {"deferred"}
    others = leaving(now, *(one for one in leave if one not in deferred))
    assert {one: by for one, by in kept.items() if one not in deferred} == held_by(judged(now, others, gone))


def test_the_nights_that_another_limit_would_have_held_are_counted_once_each() -> None:
    quiet = [GuardCount("removals_location", 5, 1, 60)]
    busy = [GuardCount("removals_location", 5, 4, 60), GuardCount("removals_location", 6, 2, 50)]
    all_of_two = [GuardCount("removals_location", 7, 2, 2, always=True)]
    nights = [[], quiet, busy, all_of_two]
    for floor, share, times in (
        (1, 0.0, 3),
        (2, 0.0, 2),
        (4, 0.0, 2),
        (5, 0.0, 1),
        (1, 0.05, 2),
        (1, 0.10, 1),
    ):
        assert would_hold(nights, "removals_location", Limit(floor=floor, share=share)) == times
    assert would_hold(nights, "short", Limit(floor=1, share=0.0)) == 0
