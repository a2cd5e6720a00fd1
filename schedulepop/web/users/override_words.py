"""Values held against payroll, in words: on a profile and in the list of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from schedulepop.directory.models import Duty, Zone
from schedulepop.sync.models import FieldOverride
from schedulepop.web.runs.plan_words import field_label, value_words
from schedulepop.web.templatetags.words import day
from schedulepop.web.users.synced_fields import Fact


@dataclass(frozen=True, slots=True)
class Held:
    """One value that stands against payroll, in words."""

    keep: FieldOverride
    label: str
    value: str  # of an override; what an undo keeps out is not said again
    why: str


def told(keep: FieldOverride, *, sees_pay: bool) -> Held:
    """As a reader may know it."""
    label = field_label(keep.field)
    if keep.kind == FieldOverride.Kind.PIN:
        number = keep.run.undo_of.number if keep.run and keep.run.undo_of else None
        return Held(keep, label, "", f"Run {number} was undone" if number else "A run was undone")
    return Held(keep, label, _value(keep, sees_pay), keep.reason)


def _value(keep: FieldOverride, sees_pay: bool) -> str:
    model: Any = {"duty": Duty, "zone": Zone}.get(keep.field)
    if model is not None:
        part = model._default_manager.filter(pk=int(keep.value or 0)).first()
        return part.name if part else "blank"
    value = keep.value
    if keep.field == "pay_rate" and value:
        value = f"{int(value) / 10_000:.4f}".rstrip("0").rstrip(".")
    return value_words(keep.field, value or None, sees_pay=sees_pay)


def with_held(found: list[Fact], held: Mapping[str, FieldOverride]) -> list[Fact]:
    """Facts that are held say so, in place of what tonight's sync would do with them."""
    return [_noted(fact, held[fact.field]) if fact.field in held else fact for fact in found]


def _noted(fact: Fact, keep: FieldOverride) -> Fact:
    if keep.kind == FieldOverride.Kind.PIN:
        note = "Stays as it is while payroll sends the value that was undone."
    else:
        note = f"Held against payroll until {day(keep.until)}: {keep.reason}."
    return replace(fact, loose=False, note=note)
