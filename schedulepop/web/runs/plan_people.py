"""One person of a plan as a line: who, what changes at a glance, and field by field below.

Pure: the names behind ids and what the reader may see come in as arguments.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from schedulepop import employee
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.review.explain import of_places
from schedulepop.web.runs.plan_words import why_words
from schedulepop.web.shell import words
from schedulepop.web.templatetags.words import short_day


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids in a plan are called, and who reads."""

    locations: Mapping[int, str]
    duties: Mapping[int, str] = field(default_factory=dict)
    zones: Mapping[int, str] = field(default_factory=dict)
    managers: Collection[tuple[int, int]] = frozenset()  # (user, location) of managers among the people
    sees_pay: bool = False
    profiles: Collection[int] = frozenset()  # users whose profile the reader may open
    sees_all: bool = True  # False: the reader looks after `locations` alone, and learns the name of no other
    links: Mapping[str, int] = field(default_factory=dict)  # source id → user, of people created since


@dataclass(frozen=True, slots=True)
class PlanState:
    """What has become of a plan: whether its free part and its held part have happened."""

    done: bool = False
    held_done: bool = False
    done_badge: tuple[str, str] = ("info", "Preview")
    held_badge: tuple[str, str] = ("warn", "Held")


def plan_state(state: str, rest: str) -> PlanState:
    """From a run's state and what became of its held part."""
    done = state in ("applied", "undone")
    free = {
        "applied": ("ok", "Applied"),
        "undone": ("", "Undone"),
        "discarded": ("", "Discarded"),
        "superseded": ("", "Replaced"),
    }.get(state, ("info", "Preview"))
    held = {
        "approved": ("ok", "Approved"),
        "discarded": ("", "Discarded"),
        "superseded": ("", "Replaced"),
    }.get(rest, free if state in ("discarded", "superseded", "undone") else ("warn", "Held"))
    return PlanState(done, rest == "approved", free, held)


@dataclass(frozen=True, slots=True)
class Line:
    """One field of one person: what it was, what payroll says, and why when that is not plain."""

    label: str
    old: str
    new: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """One change, as a closed line (`short_…`) and opened (`lines`)."""

    name: str
    initials: str
    about: str
    user_id: int | None
    short_old: str
    short_new: str
    more: str
    lines: tuple[Line, ...]
    row: int | None
    source_id: str = ""
    alone: bool = False  # a new person whom one may add alone while the rest waits


def people_of(plan: Plan, part: pl.DataFrame, names: Names, state: PlanState) -> Iterator[Person]:
    """The people of this part of a plan, in its order."""
    fields = plan.fields.filter(pl.col("change_no").is_in(part["change_no"].to_list()))
    by_change: dict[int, list[dict[str, Any]]] = {}
    for row in fields.iter_rows(named=True):
        by_change.setdefault(row["change_no"], []).append(row)
    for change in part.iter_rows(named=True):
        yield _person(change, by_change.get(change["change_no"], []), names, state)


def _person(change: dict[str, Any], fields: list[dict[str, Any]], names: Names, state: PlanState) -> Person:
    first, last = change["first_name"] or "", change["last_name"] or ""
    name = f"{first} {last}".strip() or f"Payroll ID {change['source_id']}"
    creates = change["verb"] == "create"
    if not names.sees_all:
        fields = [of_places(row, names.locations.values()) for row in fields]
    lines = [_line(row, names) for row in fields]
    if creates:
        shown = {line.label for line in lines}
        lines = [line for line in _target_lines(change, names) if line.label not in shown] + lines
    if change["kind"] == "lose":
        lines.append(_sign_in(change, state))
    old, new, more = _short(change, fields, lines, state)
    user_id = change["user_id"] or names.links.get(change["source_id"])
    return Person(
        name=name,
        initials=(first[:1] + last[:1]).upper() or "?",
        about=_about(change, names),
        user_id=user_id if user_id in names.profiles else None,
        short_old=old,
        short_new=new,
        more=more,
        lines=tuple(lines),
        row=change["row"],
        source_id=change["source_id"],
        alone=creates and change["user_id"] is None,
    )


def _about(change: dict[str, Any], names: Names) -> str:
    duty = change["duty_new"] or names.duties.get(change["duty_id"] or 0, "")
    zone = change["zone_new"] or names.zones.get(change["zone_id"] or 0, "")
    place = names.locations.get(change["location_id"] or 0, "")
    if (change["user_id"], change["location_id"]) in names.managers:
        return ", ".join(part for part in (duty, f"manager of {place}") if part)
    return ", ".join(part for part in (duty, zone, place if len(names.locations) > 1 else "") if part)


def _line(row: dict[str, Any], names: Names) -> Line:
    def words_of(value: str | None) -> str:
        return words.value_words(row["field"], value, sees_pay=names.sees_pay)

    return Line(
        words.field_label(row["field"]),
        words_of(row["old"]) if row["old"] else "",
        words_of(row["new"]),
        why_words(row),
    )


def _sign_in(change: dict[str, Any], state: PlanState) -> Line:
    if change["ends_on"]:
        return Line("Sign-in", "Allowed", f"Ends {short_day(change['ends_on'])}")
    if change["held_by"] is None:
        return Line("Sign-in", "Allowed", "Ended" if state.done else "Would end")
    return Line("Sign-in", "Allowed", "Ended" if state.held_done else "Ends when approved")


_LATER = ("email", "phone", "cms_code", "pay_rate", "pay_unit")
_ON_CREATE = (*(name for name in employee.MEMBERSHIP_COLUMNS if name not in ("ends_on", "cms_code")), *_LATER)


def _target_lines(change: dict[str, Any], names: Names) -> Iterator[Line]:
    duty = change["duty_new"] or names.duties.get(change["duty_id"] or 0)
    zone = change["zone_new"] or names.zones.get(change["zone_id"] or 0)
    yield Line("Primary duty", "", duty or "none yet", _unset(duty, change["duty_code"], "duty"))
    yield Line("Primary zone", "", zone or "none yet", _unset(zone, change["zone_code"], "zone"))
    for name in _ON_CREATE:
        value = change[name]
        if value is None or (name in employee.TELLS_PAY and not names.sees_pay):
            continue
        text = f"{value // 10_000}.{value % 10_000:04d}".rstrip("0") if name == "pay_rate" else str(value)
        yield Line(words.field_label(name), "", words.value_words(name, text, sees_pay=names.sees_pay))


def _unset(name: str | None, code: str | None, what: str) -> str:
    if name or not code:
        return ""
    return f"Payroll’s {what} {code} is not set up yet."


def _short(
    change: dict[str, Any], fields: list[dict[str, Any]], lines: list[Line], state: PlanState
) -> tuple[str, str, str]:
    """What the closed line shows: old, new, and what else."""
    if change["ends_on"] and change["kind"] == "lose":
        return "", f"Leaves {short_day(change['ends_on'])}", ""
    if change["verb"] == "create":
        start = change["hire_date"]
        if change["status"] == employee.Status.UPCOMING and start:
            return "", f"Starts {short_day(start)}", ""
        status = change["status"]
        return "", "" if status in (None, employee.Status.ACTIVE) else employee.Status(status).label, ""
    if not fields:
        return "", "", "now kept by payroll"
    first = next((i for i, row in enumerate(fields) if row["field"] in ("status", "location")), 0)
    quiet = {"termination_date"} if change["kind"] == "lose" else set()  # the status says it already
    others = [
        words.field_label(row["field"]).lower()
        for i, row in enumerate(fields)
        if i != first and row["field"] not in quiet
    ]
    more = "" if not others else f"and {others[0]}" if len(others) == 1 else f"and {len(others)} more"
    return lines[first].old, lines[first].new, more
