"""Guard: which rule holds what, where the line is, and that the rest goes through."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from schedulepop.sync.plan.frames.feed import REJECTED
from schedulepop.sync.plan.frames.outcomes import HOLD, empty
from schedulepop.sync.plan.frames.records import MATCHED
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS, Snapshot
from schedulepop.sync.plan.frames.steps import Changes
from schedulepop.sync.plan.guard import FeedFigures, GuardContext, feed_rules, field_rules, identity_rules
from schedulepop.sync.plan.guard.issues import scope_key
from schedulepop.sync.plan.missing.counters import KEY, committed_counters, past_grace_period, update_counters
from schedulepop.sync.plan.missing.people import find_missing
from schedulepop.sync.plan.missing.protection import all_rejects_tied
from schedulepop.sync.plan.policy import Policy
from schedulepop.wording import holds as hold_words
from tests.sync.plan.made_frames import NORTH, SOUTH, TODAY, changes, frame, judged, snapshot

NOBODY_WAITS = empty(MATCHED)


def said(holds: pl.DataFrame) -> list[str]:
    return hold_words.reasons(holds.to_dicts())


def staff(north: int, south: int = 0) -> Snapshot:
    """Linked, active people n001… at Maple North and then at Maple South."""
    people = [
        {
            "source_id": f"{n:03d}",
            "first_name": f"First{n}",
            "last_name": f"Last{n}",
            "email": f"p{n}@maple.org",
            "employee_number": f"E{n}",
            "location_id": NORTH if n < north else SOUTH,
        }
        for n in range(north + south)
    ]
    return snapshot(*people)


def held(
    now: Snapshot,
    planned: pl.DataFrame,
    *,
    absent: tuple[str, ...] = (),
    rejects: int = 0,
    read: int = 100,
    mapped: tuple[str, ...] = (),
    blank: dict[str, float] | None = None,
    rejected: pl.DataFrame | None = None,
    **policy: Any,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    unreadable = rejected if rejected is not None else empty(REJECTED)
    scene = GuardContext(
        changes=Changes(rows=planned),
        feed=FeedFigures(read, rejects, frozenset(mapped), blank or {}),
        missing=find_missing(absent, now, unreadable, NOBODY_WAITS),
        snapshot=now,
        policy=Policy(**policy),
    )
    after, holds = judged(scene)
    assert list(holds.schema.items()) == list(pl.Schema(HOLD).items())
    return after, holds


def ids(count: int, start: int = 0) -> tuple[str, ...]:
    return tuple(f"{n:03d}" for n in range(start, start + count))


def removals(count: int, start: int = 0, **more: Any) -> list[dict[str, Any]]:
    return [
        {"source_id": f"{n:03d}", "user_id": n + 1, "verb": "deactivate", "removal": True, **more}
        for n in range(start, start + count)
    ]


def scopes(holds: pl.DataFrame) -> list[tuple[str, str]]:
    return list(holds.select("rule", scope_key().alias("scope")).iter_rows())


@pytest.mark.parametrize(("gone", "trips"), [(2, False), (3, True), (5, True)])
def test_short_in_a_small_building(gone: int, trips: bool) -> None:
    now = staff(5, 60)
    after, holds = held(
        now, changes({"source_id": "004"}, {"source_id": "010", "location_id": SOUTH}), absent=ids(gone)
    )
    assert scopes(holds) == ([("short", f"location:{NORTH}")] if trips else [])
    assert after["held_by"].to_list() == (["short", None] if trips else [None, None])


def test_short_is_ten_percent_of_a_large_building_and_all_of_a_tiny_one() -> None:
    assert scopes(held(staff(60), changes(), absent=ids(5))[1]) == []
    assert scopes(held(staff(60), changes(), absent=ids(6))[1]) == [
        ("short", "location:1"),
        ("short", "organization"),
    ]
    assert scopes(held(staff(1, 60), changes(), absent=ids(1))[1]) == [("short", "location:1")]


def test_short_names_figures_and_five_people() -> None:
    reason = said(held(staff(60), changes(), absent=ids(7))[1])[0]
    assert reason.startswith(
        "7 of 60 people at Maple North are not in the payroll file: First0 Last0, First1 Last1,"
    )
    assert "and 2 more." in reason


def test_accepted_people_and_those_a_reject_shields_are_not_short() -> None:
    now = replace(staff(10), accepted_short=frozenset({"000"}))
    assert scopes(held(now, changes(), absent=ids(3))[1]) == []
    rejected = frame([{"row": 2, "email": "P0@maple.org"}], REJECTED)
    assert scopes(held(staff(10), changes(), absent=ids(3), rejected=rejected)[1]) == []


def test_removals_of_missing_people_are_dropped_in_a_held_scope() -> None:
    planned = changes(*removals(1, situation="missing", row=None))
    after, holds = held(staff(10), planned, absent=ids(4))
    assert scopes(holds)[0] == ("short", "location:1")
    assert after.is_empty()


@pytest.mark.parametrize(("count", "trips"), [(2, False), (3, True)])
def test_removals_of_a_location_wait_and_hires_go_through(count: int, trips: bool) -> None:
    hire = {"source_id": "900", "verb": "create", "user_id": None, "first_name": "Eve", "last_name": "Park"}
    after, holds = held(staff(80), changes(*removals(count), hire))
    assert scopes(holds) == ([("removals_location", "location:1")] if trips else [])
    assert after.filter(pl.col("held_by").is_null()).height == (1 if trips else count + 1)


def test_removals_at_a_location_that_runs_for_the_first_time_are_compared_with_nothing() -> None:
    now = staff(80)
    opening = replace(now, locations=now.locations.with_columns(first_run=pl.lit(value=True)))
    assert ("removals_location", f"location:{NORTH}") in scopes(held(now, changes(*removals(5)))[1])
    assert "removals_location" not in [rule for rule, _ in scopes(held(opening, changes(*removals(5)))[1])]


def test_removals_across_locations_hold_the_organization() -> None:
    planned = changes(*removals(2), *removals(2, 80, location_id=SOUTH))
    assert scopes(held(staff(80, 80), planned)[1]) == []
    planned = changes(*removals(2), *removals(3, 200, location_id=SOUTH))
    after, holds = held(staff(100, 150), planned, removals_location={"floor": 9, "share": 0.03})
    assert scopes(holds) == [("removals_organization", "organization")]
    assert after["held_by"].n_unique() == 1


def test_a_transfer_counts_at_the_location_left_and_a_person_is_held_whole() -> None:
    moves = [
        {
            "source_id": f"{n:03d}",
            "user_id": n + 1,
            "verb": "transfer",
            "removal": True,
            "location_id": SOUTH,
            "from_membership_id": 101 + n,
        }
        for n in range(3)
    ]
    after, holds = held(staff(20, 20), changes(*moves, {"source_id": "002", "user_id": 3}))
    assert scopes(holds) == [("removals_location", "location:1")]
    assert after["held_by"].to_list() == ["removals_location"] * 4


@pytest.mark.parametrize(
    "like",
    [
        {"first_name": "FIRST1", "last_name": "Last1"},
        {"email": "p1@maple.org"},
        {"first_name": "First5", "last_name": "Last5"},
    ],
)
def test_held_removals_hold_the_hire_who_resembles_a_leaving_or_missing_person(like: dict[str, Any]) -> None:
    hire = {
        "source_id": "900",
        "verb": "create",
        "location_id": SOUTH,
        "first_name": "Eve",
        "last_name": "Park",
    } | like
    after, holds = held(staff(80), changes(*removals(4), hire), absent=("005",))
    assert ("resembles_leaver", "person:900") in scopes(holds)
    assert after.filter(source_id="900")["held_by"].to_list() == ["resembles_leaver"]
    after, _ = held(staff(80), changes(*removals(2), hire), absent=("005",))
    assert after.filter(verb="create")["held_by"].to_list() == [None]
    assert set(after["held_by"].drop_nulls()) <= {"contact_moved"}  # the leaver's address, and nothing else


def test_too_many_creates_wait_unless_it_is_a_first_run() -> None:
    hires = [{"source_id": f"9{n:02d}", "verb": "create"} for n in range(10)]
    now = staff(20)
    assert scopes(held(now, changes(*hires[:9]))[1]) == []
    assert scopes(held(now, changes(*hires))[1]) == [("creates_location", "location:1")]
    assert scopes(held(replace(now, first_sync=True), changes(*hires))[1]) == []
    opening = replace(now, locations=now.locations.with_columns(pl.lit(True).alias("first_run")))
    assert scopes(held(opening, changes(*hires))[1]) == []


@pytest.mark.parametrize(
    ("last", "mapped", "policy", "gone"),
    [
        ({"email", "zone"}, {"email"}, {}, ["zone"]),
        ({"full_name"}, {"first_name", "last_name"}, {}, []),
        ({"first_name", "last_name"}, {"full_name"}, {}, []),
        ({"pay_rate"}, set(), {}, []),
        ({"pay_rate"}, set(), {"pay": True}, ["pay_rate"]),
        ({"cms_code"}, set(), {"cms": False}, []),
    ],
)
def test_a_column_gone_holds_everything(
    last: set[str], mapped: set[str], policy: dict[str, bool], gone: list[str]
) -> None:
    now = replace(staff(5), last_columns=frozenset(last))
    after, holds = held(now, changes({"source_id": "001"}), mapped=tuple(mapped), **policy)
    assert scopes(holds) == [("column_gone", "organization") for _ in gone]
    assert after["held_by"].to_list() == ["column_gone" if gone else None]


def test_a_missing_id_column_is_no_record_without_an_id() -> None:
    live = replace(staff(5), last_columns=frozenset({"source_id"}))
    assert scopes(held(live, changes(), rejects=100)[1]) == [("column_gone", "organization")]
    first = replace(staff(5), first_sync=True)
    assert scopes(held(first, changes(), rejects=100)[1]) == []
    assert scopes(held(live, changes(), rejects=100, mapped=("source_id",))[1]) == [
        ("rejects", "organization")
    ]


@pytest.mark.parametrize(
    ("before", "now", "read", "trips"),
    [(0.0, 0.5, 10, False), (0.0, 0.6, 10, True), (0.3, 0.7, 10, False), (0.0, 1.0, 2, False)],
)
def test_a_column_newly_blank(before: float, now: float, read: int, trips: bool) -> None:
    held_before = replace(staff(5), last_blank={"zone": before})
    _, holds = held(held_before, changes(), blank={"zone": now, "email": 1.0}, read=read)
    assert scopes(holds) == ([("column_blank", "organization")] if trips else [])


@pytest.mark.parametrize(
    ("rejects", "read", "trips"), [(2, 10, False), (3, 10, True), (4, 100, False), (5, 100, True)]
)
def test_too_many_rejects(rejects: int, read: int, trips: bool) -> None:
    assert bool(scopes(held(staff(5), changes(), rejects=rejects, read=read)[1])) is trips


def test_an_empty_feed_is_told_once_even_on_a_first_sync() -> None:
    now = replace(staff(5), first_sync=True)
    assert scopes(held(now, changes(), absent=ids(5), read=0)[1]) == [("empty", "organization")]


@pytest.mark.parametrize(
    ("reject", "shields"),
    [
        ({"source_id": "0123"}, True),
        ({"source_id": "123456"}, True),
        ({"source_id": "12"}, True),
        ({"source_id": "1.23E+05"}, True),
        ({"source_id": "1.24E+05"}, False),
        ({"source_id": "1.2346E+05"}, True),
        ({"employee_number": "e77"}, True),
        ({"email": "ANN@maple.org"}, True),
        ({"name": "Lee, Ann"}, True),
        ({"name": "Lee"}, True),
        ({"name": "Bob Lee"}, False),
        ({"source_id": "9"}, False),
        ({}, False),
    ],
)
def test_a_reject_shields_whom_any_part_of_it_could_name(reject: dict[str, str], shields: bool) -> None:
    gone = "123" if reject.get("source_id") == "0123" else "123456"
    now = snapshot({"source_id": gone, "employee_number": "E77", "email": "ann@maple.org"})
    rejected = frame([{"row": 2, **reject}], REJECTED)
    absent = find_missing((gone,), now, rejected, NOBODY_WAITS)
    assert absent["protected"].to_list() == [shields]
    assert all_rejects_tied(rejected, now, absent) is shields


def test_the_missing_counter() -> None:
    now = snapshot(
        {"source_id": "1"},
        missing=[
            {
                "source_id": "1",
                "feeds": 1,
                "since": date(2026, 3, 8),
                "counted_sha": "monday",
                "about": "person",
            }
        ],
    )
    absent = find_missing(("1",), now, empty(REJECTED), NOBODY_WAITS)

    def after(sha: str, tied: bool = True) -> tuple[int, date, str]:
        return update_counters(absent, now, sha, TODAY, tied).select("feeds", "since", "counted_sha").row(0)

    assert after("tuesday") == (2, date(2026, 3, 8), "tuesday")
    assert after("monday") == (1, date(2026, 3, 8), "monday")
    assert after("tuesday", tied=False) == (1, date(2026, 3, 8), "monday")
    counters = update_counters(absent, now, "tuesday", TODAY, True)
    assert past_grace_period(absent, counters, Policy(), TODAY).is_empty()
    assert past_grace_period(absent, counters, Policy(), date(2026, 3, 11))["source_id"].to_list() == ["1"]
    assert committed_counters(counters, now.missing, absent.select(KEY)).equals(now.missing)
    new = update_counters(
        absent, replace(now, missing=empty(SNAPSHOT_SCHEMAS["missing"])), "tuesday", TODAY, True
    )
    assert committed_counters(new, empty(SNAPSHOT_SCHEMAS["missing"]), absent.select(KEY))[
        "feeds"
    ].to_list() == [0]


def test_somebody_a_waiting_record_may_be_is_not_missing() -> None:
    now = snapshot({"source_id": "1"})
    asked = frame([{"row": 2, "source_id": "9", "stop_reason": "id_changed", "candidates": [1]}], MATCHED)
    absent = find_missing(("1",), now, empty(REJECTED), asked)
    assert absent["has_open_question"].to_list() == [True]
    assert update_counters(absent, now, "tuesday", TODAY, True)["feeds"].to_list() == [0]


@pytest.mark.parametrize("person", [{"local": True}, {"status": "terminated"}, {"payroll_owned": False}])
def test_who_is_never_missing(person: dict[str, Any]) -> None:
    now = snapshot({"source_id": "1", **person})
    assert find_missing(("1",), now, empty(REJECTED), NOBODY_WAITS).is_empty()


def test_rules_that_doubt_the_feed_hold_under_their_own_names() -> None:
    written = "".join(inspect.getsource(part) for part in (feed_rules, field_rules, identity_rules))
    assert set(re.findall(r'Hold\("(\w+)"', written)) == feed_rules.FEED_RULE_NAMES
