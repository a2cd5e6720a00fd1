"""Laws of undo, on random payroll life in a random User List: it restores what it says, and the same feed leaves it
so.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import polars as pl
from hypothesis import given

from schedulepop.employee import ENDED, USER_FIELDS
from schedulepop.sync.plan.frames.outcomes import RELEASED, empty
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.review.undo.plan import Restored, plan_undo
from schedulepop.sync.review.undo.values import CELL
from tests.sync.plan.memory import UserList
from tests.sync.plan.test_laws import LAW, World, feeds, worlds

PLACE = (
    "status",
    "employee_number",
    "hire_date",
    "original_hire_date",
    "termination_date",
    "ends_on",
    "cms_code",
    "duty_id",
    "zone_id",
)


COLUMNS = (*(name for name in PLACE if name not in ("duty_id", "zone_id")), "leave_end")


def journal_of(drawn: Plan, before: UserList, after: UserList) -> pl.DataFrame:
    """CELL of an applied plan, as apply captures it."""
    rows: list[dict[str, Any]] = []
    members = {m["membership_id"]: m for m in before.members}
    people = {p["user_id"]: p for p in before.people}
    for change in drawn.applicable.iter_rows(named=True):
        user = change["user_id"] or after.links[change["source_id"]]
        here = next(
            m for m in after.members if (m["user_id"], m["location_id"]) == (user, change["location_id"])
        )
        one = {
            "change_id": change["change_no"],
            "source_id": change["source_id"],
            "user_id": user,
            "membership_id": here["membership_id"],
            "location_id": change["location_id"],
            "verb": change["verb"],
        }
        told = drawn.fields.filter(pl.col("change_no") == change["change_no"])["field"].to_list()
        cells = []
        if user in people:
            own = next(p for p in after.people if p["user_id"] == user)
            names = [name for name in USER_FIELDS if name in told]
            cells += _cells("accounts_user", user, people[user], own, names)
        if change["verb"] == "create":
            cells += _cells("directory_membership", here["membership_id"], {}, here, ["status"])
        else:
            for key in {here["membership_id"], change["from_membership_id"]} & members.keys():
                now = next(m for m in after.members if m["membership_id"] == key)
                cells += _cells("directory_membership", key, _named(members[key]), _named(now), COLUMNS)
                cells += _cells(
                    "directory_membership", key, _named(members[key]), _named(now), ("duty", "zone")
                )
        rows += [one | cell for cell in cells] or [one]
    return pl.DataFrame([{name: row.get(name) for name in CELL} for row in rows], schema=CELL, orient="row")


def _named(member: dict[str, Any]) -> dict[str, Any]:
    return member | {kind: member.get(f"{kind}_id") for kind in ("duty", "zone")}


def _cells(
    table: str, key: int, before: dict[str, Any], after: dict[str, Any], names: Iterable[str]
) -> list[dict[str, Any]]:
    def text(value: Any) -> str | None:
        return None if value is None else str(value)

    return [
        {
            "table": table,
            "key": key,
            "field": name,
            "old": text(before.get(name)),
            "new": text(after.get(name)),
        }
        for name in names
        if before.get(name) != after.get(name)
    ]


def taken_back(world: World, drawn: Plan, before: UserList) -> Restored:
    """Undo of what was just applied, in memory, with its pins."""
    restored = plan_undo(journal_of(drawn, before, world.now), world.now.snapshot(world.today), 7)
    world.now.apply(
        replace(
            drawn,
            changes=restored.changes,
            fields=restored.fields,
            extras=restored.extras,
            missing=world.now.missing,
            released=empty(RELEASED),
            links=drawn.links.clear(),
        )
    )
    number = max((keep["override_id"] for keep in world.now.overrides), default=0)
    for n, pin in enumerate(restored.pins.iter_rows(named=True), number + 1):
        world.now.overrides.append({"override_id": n, "kind": "pin", "until": None, "run": 7, **pin})
    return restored


@LAW
@given(worlds(), feeds)
def test_undo_restores_owned_fields_and_memberships(world: World, feed: str) -> None:
    before = copy.deepcopy(world.now)
    drawn = world.plan(feed)
    world.now.apply(drawn)
    restored = taken_back(world, drawn, before)
    stay = {(row["user_id"], row["field"]) for row in restored.conflicts.iter_rows(named=True)}
    assert set(restored.conflicts["outcome"]) <= {"stays"}
    people = {person["user_id"]: person for person in before.people}
    for person in world.now.people:
        was = people.get(person["user_id"])
        assert was is None or [person.get(n) for n in USER_FIELDS] == [was.get(n) for n in USER_FIELDS]
    members = {member["membership_id"]: member for member in before.members}
    for member in world.now.members:
        was = members.get(member["membership_id"])
        if was is None:
            assert member["status"] in ENDED
            continue
        come = (
            was.get("ends_on") is not None and was["ends_on"] <= world.today
        )  # it would end them at once again
        for name in PLACE[:5] + PLACE[6:] if come else PLACE:
            if (member["user_id"], name.removesuffix("_id")) not in stay:
                assert member.get(name) == was.get(name), name


@LAW
@given(worlds(), feeds)
def test_undo_then_the_same_feed_changes_nothing(world: World, feed: str) -> None:
    before = copy.deepcopy(world.now)
    drawn = world.plan(feed)
    world.now.apply(drawn)
    taken_back(world, drawn, before)
    again = world.plan(feed)
    assert again.applicable.is_empty(), again.fields.to_dicts()
    world.now.apply(again)
    assert world.plan(feed).applicable.is_empty()
