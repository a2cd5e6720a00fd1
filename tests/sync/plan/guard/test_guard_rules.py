"""The guard's rules about fields, pay, single people, several days and whole people, each at its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from schedulepop.sync.plan.frames.changes import FIELD
from schedulepop.sync.plan.frames.feed import REJECTED
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.records import MATCHED
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS, Snapshot
from schedulepop.sync.plan.frames.steps import Changes
from schedulepop.sync.plan.guard import FeedFigures, GuardContext
from schedulepop.sync.plan.guard.issues import about_pay_jumps, about_unusual_size, scope_key
from schedulepop.sync.plan.guard.pay_rules import pay_changes
from schedulepop.sync.plan.missing.people import find_missing
from schedulepop.sync.plan.policy import Policy
from schedulepop.wording import holds as hold_words
from tests import saying
from tests.sync.plan.made_frames import NORTH, SOUTH, TODAY, changes, frame, judged, snapshot


def said(holds: pl.DataFrame) -> list[str]:
    return hold_words.reasons(holds.to_dicts())


def staff(north: int, south: int = 0, **more: Any) -> Snapshot:
    """Linked, active people 000… at Maple North and then at Maple South, membership ids from 101."""
    return snapshot(
        *(
            {
                "source_id": f"{n:03d}",
                "first_name": f"First{n}",
                "last_name": f"Last{n}",
                "location_id": NORTH if n < north else SOUTH,
                **more,
            }
            for n in range(north + south)
        )
    )


def scene(
    now: Snapshot,
    planned: list[dict[str, Any]],
    *,
    fields: list[dict[str, Any]] | None = None,
    waiting: list[dict[str, Any]] | None = None,
    absent: tuple[str, ...] = (),
    read: int = 100,
    **policy: Any,
) -> GuardContext:
    waits = frame(waiting or [], MATCHED)
    return GuardContext(
        changes=Changes(
            rows=changes(*planned),
            fields=frame([{"why": "payroll", **row} for row in fields or []], FIELD),
        ),
        feed=FeedFigures(read, 0, frozenset(), {}),
        missing=find_missing(absent, now, empty(REJECTED), waits),
        snapshot=now,
        policy=Policy(**policy),
        records=waits.with_columns(pl.coalesce("stop_reason", pl.lit("waits")).alias("stop_reason")),
    )


def edits(
    count: int, name: str, *, start: int = 0, **more: Any
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Updates of that many people, each of one field."""
    people = [
        {
            "source_id": f"{n:03d}",
            "user_id": n + 1,
            "membership_id": 101 + n,
            "first_name": f"First{n}",
            "last_name": f"Last{n}",
        }
        for n in range(start, start + count)
    ]
    told = [{"change_no": n, "field": name, "old": "a", "new": "b", **more} for n in range(count)]
    return people, told


def rules(looked: GuardContext) -> list[tuple[str, str]]:
    return list(judged(looked)[1].select("rule", scope_key().alias("scope")).iter_rows())


@pytest.mark.parametrize(
    ("people", "changed", "trips"), [(4, 2, False), (4, 3, True), (20, 5, False), (20, 6, True)]
)
def test_one_field_that_changes_for_three_or_thirty_percent(people: int, changed: int, trips: bool) -> None:
    planned, told = edits(changed, "phone")
    expected = [("field_change", "organization")] if trips else []
    assert rules(scene(staff(people), planned, fields=told)) == expected


def test_a_field_of_one_location_holds_that_location_only() -> None:
    planned, told = edits(4, "zone", start=60)
    planned.append({"source_id": "900", "verb": "create", "location_id": NORTH, "situation": "new"})
    for change in planned[:4]:
        change["location_id"] = SOUTH
    after, holds = judged(scene(staff(60, 4), planned, fields=told))
    assert holds.select("rule", "location_id", "figure", "limit").row(0) == ("field_change", SOUTH, 4.0, 3.0)
    assert after["held_by"].to_list() == ["field_change"] * 4 + [None]
    assert said(holds)[0].startswith(
        "“Primary zone” changes for 4 of 4 people at Maple South: First60 Last60,"
    )


@pytest.mark.parametrize(
    ("told", "change"),
    [
        ({"old": None}, {}),
        ({"why": "dates"}, {}),
        ({"field": "status"}, {"removal": True, "verb": "update"}),
        ({"field": "ends_on"}, {"removal": True}),
        ({}, {"situation": "found"}),
        ({}, {"membership_id": 999}),
    ],
)
def test_what_is_no_change_of_a_field(told: dict[str, Any], change: dict[str, Any]) -> None:
    planned, fields = edits(3, "email", **told)
    looked = scene(
        staff(9),
        [one | change for one in planned],
        fields=fields,
        removals_location={"floor": 9, "share": 0.5},
    )
    assert rules(looked) == []


def test_a_first_sync_and_a_first_run_of_a_location_skip_the_rule() -> None:
    planned, told = edits(3, "email")
    assert rules(scene(replace(staff(4), first_sync=True), planned, fields=told)) == []
    now = staff(4, 60)
    opening = replace(now, locations=now.locations.with_columns(first_run=pl.col("location_id") == NORTH))
    assert rules(scene(opening, planned, fields=told)) == []


def test_new_addresses_of_many_domains_name_none() -> None:
    planned, told = edits(3, "email")
    for n, row in enumerate(told):
        row["new"] = f"x@domain{n}.org"
    assert "end in" not in said(judged(scene(staff(4), planned, fields=told))[1])[0]


def test_moves_in_one_direction_are_not_called_swapped() -> None:
    planned, told = edits(3, "location")
    moved = [
        one
        | {
            "verb": "transfer",
            "from_membership_id": one["membership_id"],
            "membership_id": None,
            "location_id": SOUTH,
        }
        for one in planned
    ]
    reason = said(judged(scene(staff(4, 4), moved, fields=told))[1])[0]
    assert reason.startswith("“Location” changes for 3 of 8 people")
    assert "swapped" not in reason


PAID = {"pay_rate": 200_000, "pay_unit": "hour", "pay_currency": "USD"}


def paid(
    rate: int | None, unit: str = "hour", currency: str = "USD", count: int = 1, **more: Any
) -> GuardContext:
    planned, told = edits(count, "pay_rate")
    new = {"pay_rate": rate, "pay_unit": unit, "pay_currency": currency}
    return scene(staff(20, **(PAID | more)), [one | new for one in planned], fields=told, pay=True)


@pytest.mark.parametrize(
    ("rate", "unit", "currency", "told", "held"),
    [
        (250_000, "hour", "USD", False, False),
        (251_000, "hour", "USD", True, False),
        (149_000, "hour", "USD", True, False),
        (416_000_000, "year", "USD", False, False),
        (200_000, "year", "USD", False, True),
        (2_000_000, "hour", "USD", False, True),
        (20_000, "hour", "USD", False, True),
        (0, "hour", "USD", False, True),
        (200_000, "hour", "CAD", True, False),
    ],
)
def test_a_raise_is_told_and_a_slip_of_the_comma_is_held(
    rate: int, unit: str, currency: str, told: bool, held: bool
) -> None:
    looked = paid(rate, unit, currency)
    after, holds = judged(looked)
    assert holds["rule"].to_list() == (["pay_absurd"] if held else [])
    assert about_pay_jumps(looked, after)["code"].to_list() == (["pay_jump"] if told else [])


def test_a_rate_of_zero_before_was_no_pay() -> None:
    assert pay_changes(paid(200_000, pay_rate=0)).is_empty()
    assert pay_changes(scene(staff(2), [])).is_empty()


@pytest.mark.parametrize(
    ("rate", "says"), [(251_000, ""), (20_000_000, "about 100 times"), (200, "a small part of")]
)
def test_pay_of_many_is_held_and_the_factor_is_named(rate: int, says: str) -> None:
    reason = said(judged(paid(rate, count=6))[1])
    assert len(reason) == 1
    assert reason[0].startswith("Pay changes by more than 25% for 6 of 20 people")
    assert ("Most people's" in reason[0]) is bool(says)
    assert says in reason[0]
    assert judged(paid(220_000, count=6))[1].is_empty()


def test_no_factor_is_named_when_the_currency_changed() -> None:
    assert "Most people's" not in said(judged(paid(200_000, currency="CAD", count=6))[1])[0]


def renumbered(count: int, **more: Any) -> GuardContext:
    waiting = [
        {
            "row": n,
            "source_id": f"9{n:02d}",
            "situation": "id_changed",
            "stop_reason": "id_changed",
            "candidates": [n + 1],
        }
        for n in range(count)
    ]
    return scene(staff(40), [], waiting=waiting, absent=tuple(f"{n:03d}" for n in range(count)), **more)


def test_renumbered_people_hold_the_organization() -> None:
    assert ("ids_changed", "organization") not in rules(renumbered(2))
    assert rules(renumbered(3)) == [("ids_changed", "organization")]  # three of forty are not short yet
    assert "First0 Last0" in said(judged(renumbered(3))[1])[0]


def test_hires_who_resemble_people_leaving_are_renumbered_people() -> None:
    leaving = [
        {
            "source_id": f"{n:03d}",
            "user_id": n + 1,
            "membership_id": 101 + n,
            "verb": "deactivate",
            "removal": True,
            "first_name": f"First{n}",
            "last_name": f"Last{n}",
        }
        for n in range(3)
    ]
    hires = [
        {
            "source_id": f"9{n}",
            "verb": "create",
            "situation": "new",
            "first_name": f"FIRST{n}",
            "last_name": f"Last{n}",
        }
        for n in range(3)
    ]
    after, holds = judged(scene(staff(80), [*leaving, *hires]))
    assert holds["rule"].to_list()[0] == "ids_changed"
    assert set(after["held_by"]) == {"ids_changed"}


def test_a_feed_without_strangers_names_no_cause() -> None:
    reason = said(judged(scene(staff(4), [], absent=("000", "001", "002", "003"), read=1))[1])[0]
    assert "customer" not in reason
    assert "swapped" not in reason


def week(earlier: int, **more: Any) -> list[tuple[str, str]]:
    removed = [{"location_id": NORTH, "user_id": 50 + n, "on": TODAY} for n in range(earlier)]
    now = replace(staff(50), recent_removals=frame(removed, SNAPSHOT_SCHEMAS["recent_removals"]))
    going = [
        {"source_id": f"{n:03d}", "user_id": n + 1, "verb": "deactivate", "removal": True, **more}
        for n in range(2)
    ]
    return rules(scene(now, going))


def test_removals_of_a_week_are_counted_per_location() -> None:
    assert week(3) == []
    assert week(4) == [("removals_week", "location:1")]
    assert week(9, location_id=SOUTH) == []
    again = [
        {"location_id": NORTH, "user_id": 1, "on": TODAY},
        {"location_id": NORTH, "user_id": 2, "on": TODAY},
    ]
    now = replace(staff(50), recent_removals=frame(again, SNAPSHOT_SCHEMAS["recent_removals"]))
    staged = [{"source_id": "000", "user_id": 1, "verb": "deactivate", "removal": True}]
    assert rules(scene(now, staged, removals_week={"floor": 2, "share": 0.0})) == [
        ("removals_week", "location:1")
    ]
    assert rules(scene(now, staged, removals_week={"floor": 3, "share": 0.0})) == []


def officers(*rows: tuple[int, int | None]) -> pl.DataFrame:
    return frame(
        [{"user_id": user, "location_id": place} for user, place in rows], SNAPSHOT_SCHEMAS["officers"]
    )


GOES = {"source_id": "000", "user_id": 1, "membership_id": 101, "verb": "deactivate", "removal": True}


@pytest.mark.parametrize(
    ("who", "change", "trips"),
    [
        ([(1, None)], {}, True),
        ([(1, None), (99, None)], {}, False),
        ([(99, None)], {}, False),
        ([(1, None)], {"verb": "transfer", "from_membership_id": 101, "membership_id": None}, False),
        ([(1, None)], {"verb": "update", "removal": False}, False),
    ],
)
def test_the_last_admin(who: list[tuple[int, int | None]], change: dict[str, Any], trips: bool) -> None:
    now = replace(staff(20), officers=officers(*who))
    assert rules(scene(now, [GOES | change])) == ([("last_admin", "person:000")] if trips else [])


def test_an_admin_who_goes_on_working_elsewhere_stays_an_admin() -> None:
    now = replace(staff(20), officers=officers((1, None)))
    elsewhere = now.members.head(1).with_columns(
        pl.lit(900, pl.Int64).alias("membership_id"), pl.lit(SOUTH, pl.Int64).alias("location_id")
    )
    now = replace(now, members=pl.concat([now.members, elsewhere]))
    assert rules(scene(now, [GOES])) == []
    both = [GOES, GOES | {"membership_id": 900, "location_id": SOUTH}]
    assert rules(scene(now, both))[0] == ("last_admin", "person:000")


def test_the_last_manager_of_a_location() -> None:
    now = replace(staff(20), officers=officers((1, NORTH), (2, SOUTH)))
    assert rules(scene(now, [GOES])) == [("last_manager", "person:000")]
    now = replace(staff(20), officers=officers((1, NORTH), (5, NORTH)))
    assert rules(scene(now, [GOES])) == []


@pytest.mark.parametrize(("verb", "says"), [("deactivate", "has left once more"), ("reactivate", "is back")])
def test_two_flips_within_the_days_hold_the_person(verb: str, says: str) -> None:
    flips = frame([{"membership_id": 101, "on": date(2026, 3, 9)}], SNAPSHOT_SCHEMAS["recent_flips"])
    now = replace(staff(20), recent_flips=flips)
    after, holds = judged(scene(now, [GOES | {"verb": verb, "removal": verb == "deactivate"}]))
    assert says in said(holds)[0]
    assert after["held_by"].to_list() == ["flapping"]
    assert rules(scene(now, [GOES], flips=3)) == []


def test_two_payroll_ids_of_one_person_are_one_person() -> None:
    leaving = [GOES | {"source_id": f"{n:03d}", "user_id": n + 1, "membership_id": 101 + n} for n in range(3)]
    second_id = {"source_id": "77", "user_id": 2, "membership_id": 300, "location_id": SOUTH}
    after, _ = judged(scene(staff(40), [*leaving, second_id]))
    assert after["held_by"].to_list() == ["removals_location"] * 4


@pytest.mark.parametrize(
    ("usual", "read", "says"),
    [
        (None, 9, ""),
        (15.0, 0, ""),
        (15.0, 12, ""),
        (5.0, 3, ""),
        (15.0, 11, "4 fewer"),
        (15.0, 30, "15 more"),
    ],
)
def test_an_unusual_number_of_records_only_warns(usual: float | None, read: int, says: str) -> None:
    looked = scene(replace(staff(3), median_read=usual), [], read=read)
    told = about_unusual_size(looked)
    assert told["code"].to_list() == (["rows_unusual"] if says else [])
    assert not says or says in saying.problems(told)[0]
    assert "short" not in [rule for rule, _ in rules(looked)]
