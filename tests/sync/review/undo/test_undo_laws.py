"""Laws of undo, on random payroll life in a random User List: it puts back what it says, and the same feed leaves it so."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import polars as pl
from hypothesis import given

from schedulepop.employee import ENDED, USER_FIELDS
from schedulepop.sync.plan.frames.outcomes import RELEASED, empty
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.review.undo.plan import HISTORY, PARTS, Restored, restore
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


def history_of(drawn: Plan, before: UserList, after: UserList) -> pl.DataFrame:
    """HISTORY of an applied plan, as apply writes it."""
    rows: list[dict[str, Any]] = []
    members = {m["membership_id"]: m for m in before.members}
    for change in drawn.going.iter_rows(named=True):
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
            "before": _before(change, members, here["membership_id"]),
        }
        told = drawn.fields.filter(pl.col("change_no") == change["change_no"]).to_dicts()
        if change["verb"] == "create":
            told.append({"field": "status", "old": None, "new": change["status"], "why": None})
        rows += [one | {name: item[name] for name in ("field", "old", "new", "why")} for item in told] or [
            one
        ]
    return pl.DataFrame(
        [{name: row.get(name) for name in HISTORY} for row in rows], schema=HISTORY, orient="row"
    )


def _before(change: dict[str, Any], members: dict[int, dict[str, Any]], here: int) -> str | None:
    if change["verb"] != "transfer":
        return None
    left = members[change["from_membership_id"]]

    def state(member: dict[str, Any]) -> dict[str, Any]:
        days = {
            name: str(member[name]) if member.get(name) else None for name in ("termination_date", "ends_on")
        }
        return {"status": member["status"], **days}

    there = {"membership_id": left["membership_id"], "location_id": left["location_id"], **state(left)}
    return json.dumps({"left": there, "here": state(members[here]) if here in members else None})


def parts_of(now: UserList) -> pl.DataFrame:
    return pl.concat(
        [
            getattr(now.frame, f"{kind}_codes")
            .select(pl.lit(kind).alias("kind"), "location_id", "id", "name")
            .unique(maintain_order=True)
            for kind in ("duty", "zone")
        ]
    ).cast(pl.Schema(PARTS))


def taken_back(world: World, drawn: Plan, before: UserList) -> Restored:
    """Undo of what was just applied, in memory, with its pins."""
    restored = restore(
        history_of(drawn, before, world.now), world.now.snapshot(world.today), parts_of(world.now), 7
    )
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
    number = max((keep["keep_id"] for keep in world.now.keeps), default=0)
    for n, pin in enumerate(restored.pins.iter_rows(named=True), number + 1):
        world.now.keeps.append({"keep_id": n, "kind": "pin", "until": None, "run": 7, **pin})
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
    assert again.going.is_empty(), again.fields.to_dicts()
    world.now.apply(again)
    assert world.plan(feed).going.is_empty()
