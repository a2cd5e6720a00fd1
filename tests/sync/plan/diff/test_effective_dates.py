"""Due: what the dates change by themselves, from a snapshot alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from schedulepop.sync.plan.diff.effective_dates import due_changes
from schedulepop.sync.plan.frames.changes import CHANGE, EXTRA, FIELD
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS, Snapshot
from tests.sync.plan.made_frames import CNA, LPN, NORTH, RN, SOUTH, TODAY, frame, snapshot

YESTERDAY, TOMORROW = date(2026, 3, 9), date(2026, 3, 11)
RATE = {"pay_rate": 315_000, "pay_unit": "hour", "pay_currency": "USD", "on": TODAY}


def told(now: Snapshot) -> list[tuple[str, str | None, str | None]]:
    due = due_changes(now)
    changes, fields, extras = due.rows, due.fields, due.extras
    for found, schema in ((changes, CHANGE), (fields, FIELD), (extras, EXTRA)):
        assert list(found.schema.items()) == list(pl.Schema(schema).items())
    assert set(fields["why"].to_list()) <= {"dates"}
    return list(fields.select("field", "old", "new").iter_rows())


def with_pay(now: Snapshot, *pays: dict[str, Any], extras: list[dict[str, Any]] | None = None) -> Snapshot:
    from dataclasses import replace

    return replace(
        now,
        next_pays=frame(
            ({"membership_id": 101, **RATE, **pay} for pay in pays), SNAPSHOT_SCHEMAS["next_pays"]
        ),
        extras=frame(({"membership_id": 101, **row} for row in extras or ()), SNAPSHOT_SCHEMAS["extras"]),
    )


def keeping(now: Snapshot, field: str) -> Snapshot:
    from dataclasses import replace

    kept = {"override_id": 1, "user_id": 1, "location_id": NORTH, "field": field, "kind": "override"}
    return replace(now, overrides=frame([kept], SNAPSHOT_SCHEMAS["overrides"]))


def test_nothing_is_due_before_its_day() -> None:
    assert told(snapshot({"source_id": "1", "ends_on": TOMORROW, "termination_date": TOMORROW})) == []
    assert told(snapshot({"source_id": "1", "status": "upcoming", "hire_date": TOMORROW})) == []
    assert told(snapshot({"source_id": "1", "status": "upcoming"})) == []
    assert told(with_pay(snapshot({"source_id": "1", "duty_id": RN}), {"duty_id": RN, "on": TOMORROW})) == []


def test_a_staged_end() -> None:
    now = snapshot({"source_id": "1", "ends_on": YESTERDAY, "termination_date": YESTERDAY})
    assert told(now) == [("status", "active", "terminated"), ("ends_on", "2026-03-09", None)]
    (change,) = due_changes(now).rows.to_dicts()
    assert (
        change["verb"],
        change["removal"],
        change["status"],
        change["termination_date"],
        change["ends_on"],
    ) == (
        "deactivate",
        True,
        "terminated",
        YESTERDAY,
        None,
    )


def test_an_end_before_day_one_and_the_end_of_a_move() -> None:
    early = snapshot(
        {
            "source_id": "1",
            "status": "upcoming",
            "ends_on": TODAY,
            "termination_date": TODAY,
            "hire_date": TODAY,
        }
    )
    assert told(early)[0] == ("status", "upcoming", "canceled")
    assert told(snapshot({"source_id": "1", "ends_on": TODAY}))[:2] == [
        ("status", "active", "inactive"),
        ("termination_date", None, "2026-03-10"),
    ]


def test_a_first_day_by_either_hire_date() -> None:
    for field in ("hire_date", "original_hire_date"):
        now = snapshot({"source_id": "1", "status": "upcoming", field: YESTERDAY})
        assert told(now) == [("status", "upcoming", "active")]


def test_only_payrolls_linked_people_of_open_locations() -> None:
    ends = {"ends_on": TODAY, "termination_date": TODAY}
    assert told(snapshot(ends)) == []
    assert told(snapshot({"source_id": "1", "payroll_owned": False, **ends})) == []
    assert told(snapshot({"source_id": "1", "local": True, **ends})) == []
    assert told(snapshot({"source_id": "1", "status": "quit", **ends})) == []
    assert told(snapshot({"source_id": "1", "location_id": 99, **ends})) == []
    assert len(told(snapshot({"source_id": "1", "location_id": SOUTH, **ends}))) == 2


def test_a_raise_and_a_unit_that_changes_with_it() -> None:
    paid = {
        "source_id": "1",
        "duty_id": RN,
        "pay_rate": 625_000_000,
        "pay_unit": "year",
        "pay_currency": "USD",
    }
    now = with_pay(snapshot(paid), {"duty_id": RN})
    assert told(now) == [
        ("pay_rate", "62500.00", "31.50"),
        ("pay_unit", "year", "hour"),
        ("next_pay_rate", "31.50", None),
        ("next_pay_on", "2026-03-10", None),
    ]
    (change,) = due_changes(now).rows.to_dicts()
    assert (change["pay_rate"], change["pay_unit"], change["next_pay_rate"]) == (315_000, "hour", None)


def test_a_raise_of_a_further_duty() -> None:
    extras = [
        {"duty_id": LPN, "by_payroll": True, "by_manager": False, "pay_rate": 240_000},
        {"duty_id": CNA, "by_payroll": False, "by_manager": True},
    ]
    now = with_pay(snapshot({"source_id": "1", "duty_id": RN}), {"duty_id": LPN}, extras=extras)
    assert told(now) == [("extra_pay_rate", "Practical Nurse 24.00", "Practical Nurse 31.50")]
    (extra,) = due_changes(now).extras.to_dicts()
    assert (extra["kind"], extra["id"], extra["gone"], extra["pay_rate"], extra["next_pay_on"]) == (
        "duty",
        LPN,
        False,
        315_000,
        None,
    )


def test_what_an_override_holds_the_dates_do_not_move() -> None:
    ends = snapshot({"source_id": "1", "ends_on": TODAY, "termination_date": TODAY})
    assert told(keeping(ends, "status")) == []
    assert len(told(keeping(ends, "phone"))) == 2
    paid = with_pay(snapshot({"source_id": "1", "duty_id": RN}), {"duty_id": RN})
    assert told(keeping(paid, "pay_rate")) == []
