"""What happened to people, as lines: payroll's changes (sync.Change) and everybody else's (AuditEntry).

One wording for the start page and the profile. Pay is told only where the reader may see it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from schedulepop import employee
from schedulepop.accounts.models import AuditEntry
from schedulepop.messages.models import Message
from schedulepop.sync.models import Change
from schedulepop.web.runs.plan_words import field_label, listing, value_words
from schedulepop.web.shell.shell import address
from schedulepop.web.templatetags.words import short_day, upper_first

PERSON_VERBS = frozenset({"joined", "can", "is", "moved", "changed", "has", "leaves"})
"""First words of titles that speak of the person; the others speak of something of theirs."""


_EDIT = re.compile(
    r"local edit by (?P<who>.+) on (?P<day>\S+) overwritten$"
)  # as `diff` explains an overwrite


@dataclass(frozen=True)
class Told:
    """One line of a history."""

    at: datetime
    icon: str
    from_payroll: bool
    title: str  # without the name
    detail: str = ""
    old: str = ""
    new: str = ""
    run_url: str = ""
    run_number: int = 0
    by: str = ""


VERBS = {
    "added": ("user-plus", "Added by hand"),
    "added_extra_duty": ("plus", "Extra duty added"),
    "added_extra_zone": ("plus", "Extra zone added"),
    "added_here": ("user-plus", "Added to this location"),
    "blocked_access": ("ban", "Access blocked"),
    "confirmed_address": ("check", "Email address confirmed"),
    "ended_sessions": ("lock", "Signed out everywhere"),
    "kept_extras": ("check", "Extras from before kept"),
    "let_see_pay": ("users", "Pay: who may see it changed"),
    "merged": ("users", "Merged with another account of the same person"),
    "merged_away": ("users", "Merged into another account of the same person"),
    "printed_link": ("copy", "Set-up link printed"),
    "removed_extra_duty": ("x", "Extra duty removed"),
    "removed_extras": ("x", "Extras from before removed"),
    "removed_extra_zone": ("x", "Extra zone removed"),
    "reset_password": ("lock", "New password chosen"),
    "sent_again": ("mail", "Email sent again"),
    "set_labor_code": ("sliders", "CMS labor code set with the duty"),
    "set_role": ("users", "Role changed"),
    "set_up_account": ("check", "Account set up"),
    "unmerged": ("undo", "A merge was taken back"),
    "unblocked_access": ("check", "Access allowed again"),
}
"""Audit verbs that have a sentence of their own; `edited` names its fields."""
QUIET_DETAIL = frozenset({"set_up_account", "sent_again", "let_see_pay", "added", "printed_link"})


def of_change(change: Change, *, sees_pay: bool = False) -> Told:
    """A change payroll made, told in the past."""
    fields = [item for item in change.fields if sees_pay or item["field"] not in employee.TELLS_PAY]
    at = change.run.finished_at or change.run.requested_at
    kept: dict[str, Any] = {
        "at": at,
        "icon": "payroll",
        "from_payroll": True,
        "run_url": address("run", change.run_id),
        "run_number": change.run.number,
    }
    if change.run.undo_of_id is not None:
        labels = upper_first(listing([field_label(item["field"]).lower() for item in fields]))
        return Told(
            title="is as before an undone run",
            detail=labels,
            by=change.run.requested_by,
            **kept | {"icon": "edit", "from_payroll": False},
        )
    match change.verb:
        case "create":
            return Told(title="joined", detail=_where(fields), **kept)
        case "deactivate":
            old, new = _pair(fields, "status")
            whys = {item.get("why") for item in fields}
            detail = "Payroll does not have this person any more" if "missing" in whys else ""
            detail = "Payroll has this person at other locations only" if "missing here" in whys else detail
            return Told(title="can no longer sign in", old=old, new=new, detail=detail, **kept)
        case "reactivate":
            old, new = _pair(fields, "status")
            return Told(title="is back", old=old, new=new, **kept)
        case "transfer":
            return Told(title="moved here from another location", detail=_where(fields), **kept)
    return _update(fields, kept)


def _update(fields: list[dict[str, Any]], kept: dict[str, Any]) -> Told:
    """An update: the one field in words, or the names of all of them. A local edit that payroll set back first."""
    fields = [item for item in fields if item["field"] not in ("pay_unit", "pay_currency")] or fields
    if not fields:
        return Told(title="changed", **kept)
    leaves = next((item for item in fields if item["field"] == "ends_on" and item.get("new")), None)
    if leaves is not None:
        return Told(title=f"leaves {_on(str(leaves['new']))}".rstrip(), **kept)
    edited = [(item, found) for item in fields if (found := _EDIT.match(item.get("why") or ""))]
    labels = [field_label(item["field"]).lower().replace("cms", "CMS") for item in fields]
    if edited and len(fields) == 1:
        item, found = edited[0]
        detail = f"{found['who']} had changed it {_on(found['day'])}".rstrip()
        return Told(
            title=f"{labels[0]} is payroll’s again",
            old=words(item, "old"),
            new=words(item, "new"),
            detail=detail,
            **kept,
        )
    if len(fields) > 1:
        return Told(title=f"has {len(fields)} changes", detail=upper_first(listing(labels)), **kept)
    return Told(
        title=f"{labels[0]} changed", old=words(fields[0], "old"), new=words(fields[0], "new"), **kept
    )


def _on(day: str) -> str:
    try:
        return f"on {short_day(date.fromisoformat(day))}"
    except ValueError:
        return ""


def words(item: Mapping[str, Any], which: str) -> str:
    """A stored value as a person reads it."""
    value = item.get(which)
    text = None if value is None else str(value)
    if item["field"] == "pay_rate" and text and text.isdigit():
        text = f"{int(text) / 10_000:.2f}"
    return value_words(item["field"], text, sees_pay=True)


def _pair(fields: Iterable[dict[str, Any]], name: str) -> tuple[str, str]:
    found = next((item for item in fields if item["field"] == name), None)
    return (words(found, "old"), words(found, "new")) if found else ("", "")


def _where(fields: Iterable[dict[str, Any]]) -> str:
    by_name = {item["field"]: item.get("new") for item in fields}
    return ", ".join(str(by_name[name]) for name in ("duty", "zone") if by_name.get(name))


def of_audit(entry: AuditEntry, *, sees_pay: bool = False, reader: int | None = None) -> Told | None:
    """A write that was not payroll's; None when there is nothing to tell (the sync's own entries)."""
    if entry.door == "sync":
        return None
    who = "You" if reader is not None and entry.actor_id == reader else _who(entry.by)
    fields = [item for item in entry.changes if sees_pay or item["field"] not in employee.TELLS_PAY]
    if entry.verb in VERBS:
        icon, title = VERBS[entry.verb]
        values = [str(item.get("new") or item.get("old") or "") for item in fields]
        detail = "" if entry.verb in QUIET_DETAIL else ", ".join(values)
        return Told(entry.at, icon, False, title, detail, by=who)
    if not fields:
        return Told(entry.at, "edit", False, upper_first(entry.verb.replace("_", " ")), by=who)
    label = listing([field_label(item["field"]).lower() for item in fields])
    if entry.verb == "overrode":
        return Told(
            entry.at,
            "lock",
            False,
            f"{upper_first(label)} held against payroll",
            str(fields[0].get("why") or ""),
            by=who,
        )
    if entry.verb == "released":
        return Told(entry.at, "payroll", False, f"{upper_first(label)} comes from payroll again", by=who)
    if len(fields) == 1:
        old, new = words(fields[0], "old"), words(fields[0], "new")
        return Told(entry.at, "edit", False, f"{who} changed the {label}", "", old, new, by=who)
    return Told(entry.at, "edit", False, f"{who} changed {label}", by=who)


def _who(by: str) -> str:
    return f"The operator ({by.removeprefix('cli:')})" if by.startswith("cli:") else by


LETTERS = {
    "welcome": "Welcome email sent",
    "welcome_back": "“Welcome back” sent",
    "set_up": "Set-up link sent",
    "reset": "Password link sent",
    "moved_address": "Told the old address about the new one",
    "confirm_address": "Asked the new address to confirm",
    "overwritten": "Told what payroll replaced",
    "alarm": "Told that changes wait",
    "digest": "Daily issues sent",
    "late": "Told that the User List is old",
    "source_trouble": "Told about the payroll source",
}


def of_message(message: Message) -> Told:
    """An email that went out. Its address is told, its link never."""
    title = LETTERS.get(message.kind, "Email sent")
    return Told(message.sent_at or message.created_at, "mail", False, title, message.address)
