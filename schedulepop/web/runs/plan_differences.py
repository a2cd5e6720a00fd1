"""How the plan that waits differs from the one somebody wanted to approve, person by person, as readers may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schedulepop import employee
from schedulepop.web.runs.plan_words import PLANNED_VERBS
from schedulepop.web.shell import words


@dataclass(frozen=True, slots=True)
class ChangedPerson:
    """One person whom the new plan treats otherwise."""

    name: str
    kind: str  # more: new in this plan, fewer: no longer in it, other
    was: str
    now: str
    lines: tuple[tuple[str, str, str], ...]  # field, what it would have become, what it would become now


@dataclass(frozen=True, slots=True)
class Differences:
    """The first people, and how many are not shown."""

    people: tuple[ChangedPerson, ...]
    rest: int

    def of(self, kind: str) -> list[str]:
        return [one.name for one in self.people if one.kind == kind]

    @property
    def more(self) -> list[str]:
        return self.of("more")

    @property
    def fewer(self) -> list[str]:
        return self.of("fewer")

    @property
    def other(self) -> list[ChangedPerson]:
        return [one for one in self.people if one.kind == "other"]


def read(kept: Mapping[str, Any] | None, *, sees_pay: bool) -> Differences | None:
    """What a run keeps of it; None when its plan has not changed."""
    if not kept:
        return None
    people = tuple(_one(entry, sees_pay) for entry in kept["first"])
    return Differences(
        people, max(0, int(kept["people"]) - len({entry["source_id"] for entry in kept["first"]}))
    )


def _one(entry: Mapping[str, Any], sees_pay: bool) -> ChangedPerson:
    was, now = entry["was"], entry["now"]
    kind = "more" if was is None else "fewer" if now is None else "other"
    lines = tuple(
        (
            words.field_label(row["field"]),
            _value(row["field"], row["old"], sees_pay),
            _value(row["field"], row["new"], sees_pay),
        )
        for row in entry["fields"]
        if row["field"] in employee.BY_NAME or row["field"] == "ends_on"
    )
    return ChangedPerson(
        entry["name"] or f"Payroll ID {entry['source_id']}",
        kind,
        PLANNED_VERBS.get(was, ""),
        PLANNED_VERBS.get(now, ""),
        lines,
    )


def _value(field: str, value: str | None, sees_pay: bool) -> str:
    return words.value_words(field, value, sees_pay=sees_pay) if value else "as it is"
