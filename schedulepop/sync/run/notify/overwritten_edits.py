"""To the editor: payroll's value replaced what you entered (SPEC §5 Diff). One letter per editor and run.

It names the person and the field, never a value: a letter is read in more places than a page, and pay is not
for every editor.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from schedulepop import employee
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, User
from schedulepop.directory import access
from schedulepop.lib.text import sort_key
from schedulepop.sync.models import Run
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.run.notify import recipients

Key = tuple[int, int | None, str]  # user, location (None: of the user), field


def notify(run: Run, plan: Plan, changes: pl.DataFrame) -> int:
    """Queue the letters, in the applying transaction; returns how many."""
    if changes.is_empty():
        return 0
    places = changes.select("change_no", "user_id", "location_id")
    lost = plan.fields.filter(pl.col("why") == "local_edit").join(
        places, on="change_no", how="inner", maintain_order="left"
    )
    if lost.is_empty():
        return 0
    edits = _newest_edits(run.organization_id, lost["user_id"].unique().to_list())
    by_editor: dict[int, dict[int, list[str]]] = {}
    where: dict[int, dict[int, int]] = {}
    for user_id, place, field, old in lost.select("user_id", "location_id", "field", "old").iter_rows():
        editor, value = (
            edits.get((user_id, place, field)) or edits.get((user_id, None, field)) or (None, None)
        )
        if editor is not None and value == (old or ""):  # else somebody else's value, or an edit long gone
            by_editor.setdefault(editor, {}).setdefault(user_id, []).append(field)
            where.setdefault(editor, {})[user_id] = place
    return sum(
        _notify_editor(run, editor, people, where[editor]) for editor, people in sorted(by_editor.items())
    )


def _newest_edits(organization_id: int, users: list[int]) -> dict[Key, tuple[int, str]]:
    """Who edited a field last and to what. Relies on audit_by_user."""
    entries = AuditEntry.objects.filter(organization_id=organization_id, user__in=users).exclude(door="sync")
    found: dict[Key, tuple[int, str]] = {}
    for entry in entries.exclude(actor=None).order_by("-at", "-pk"):
        for item in entry.changes:
            key = (int(entry.user_id or 0), entry.location_id, str(item["field"]))
            found.setdefault(key, (int(entry.actor_id or 0), str(item.get("new") or "")))
    return found


def _notify_editor(run: Run, editor_id: int, people: dict[int, list[str]], where: dict[int, int]) -> int:
    """One editor's letter, about the people they still look after and no others."""
    editor = User.objects.filter(pk=editor_id).first()
    if editor is None or not (editor.email or editor.confirmed_email):
        return 0
    seen = access.managed_locations(Actor.of(editor), run.organization)
    places = set(seen.filter(pk__in=set(where.values())).values_list("pk", flat=True))
    mine = [user for user in people if where[user] in places]
    items = list(_items(mine, people))
    if not items:
        return 0
    one = len(mine) == 1
    return recipients.notify(
        [editor],
        "overwritten",
        run.organization,
        f"/users/{mine[0]}/{where[mine[0]]}/" if one else "/users/",
        run_id=run.pk,
        button=items[0]["title"] if one else "the User List",
        items=items,
    )


def _items(mine: list[int], fields: dict[int, list[str]]) -> Iterator[dict[str, Any]]:
    people = User.objects.filter(pk__in=mine)
    for user in sorted(people, key=lambda one: sort_key(one.first_name, one.last_name)):
        labels = dict.fromkeys(_label(field) for field in fields[user.pk])
        yield {"title": user.full_name, "detail": ", ".join(labels)}


def _label(field: str) -> str:
    if field in employee.BY_NAME:
        return employee.BY_NAME[field].label
    return "Last day" if field == "ends_on" else field.replace("_", " ").capitalize()
