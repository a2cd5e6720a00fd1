"""What happened to people, as lines: payroll's changes (sync.Change) and everybody else's (AuditEntry).

One wording for the start page and the profile. Pay is shown only where the reader may see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from schedulepop import employee
from schedulepop.accounts.models import AuditEntry, User
from schedulepop.messages.models import Message
from schedulepop.sync.models import Change
from schedulepop.web.shell.navigation import address
from schedulepop.web.shell.words import field_label, value_words
from schedulepop.web.templatetags.words import short_day, upper_first
from schedulepop.web.users.words import AUDIT_VERBS, LETTERS, QUIET_DETAIL
from schedulepop.wording import activity
from schedulepop.wording.lists import listing

NEW_FOR = timedelta(days=31)
"""Who was hired longer ago has not joined, but came to the list: with a first sync, or late."""
PERSON_VERBS = frozenset({"joined", "was", "can", "is", "moved", "changed", "has", "leaves"})
"""First words of titles that speak of the person; the others speak of something of theirs."""


@dataclass(frozen=True)
class Event:
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


def from_change(change: Change, *, sees_pay: bool = False) -> Event:
    """A change payroll made, in the past tense."""
    fields = [item for item in change.fields if sees_pay or item["field"] not in employee.TELLS_PAY]
    at = change.run.finished_at or change.run.requested_at
    common: dict[str, Any] = {
        "at": at,
        "icon": "payroll",
        "from_payroll": True,
        "run_url": address("run", change.run_id),
        "run_number": change.run.number,
    }
    if change.run.undo_of_id is not None:
        labels = upper_first(listing([field_label(item["field"]).lower() for item in fields]))
        return Event(
            title="is as before an undone run",
            detail=labels,
            by=change.run.requested_by,
            **common | {"icon": "edit", "from_payroll": False},
        )
    match change.verb:
        case "create":
            title = "joined" if _is_new_hire(fields, at) else "was added"
            return Event(title=title, detail=_where(fields), **common)
        case "deactivate":
            old, new = _pair(fields, "status")
            whys = {item.get("why") for item in fields}
            detail = "Payroll does not have this person any more" if "missing" in whys else ""
            detail = "Payroll has this person at other locations only" if "missing_here" in whys else detail
            return Event(title="can no longer sign in", old=old, new=new, detail=detail, **common)
        case "reactivate":
            old, new = _pair(fields, "status")
            return Event(title="is back", old=old, new=new, **common)
        case "transfer":
            return Event(title="moved here from another location", detail=_where(fields), **common)
    return _update(fields, common)


def _update(fields: list[dict[str, Any]], common: dict[str, Any]) -> Event:
    """An update: the one field in words, or the names of all of them. A local edit that payroll set back first."""
    fields = [item for item in fields if item["field"] not in ("pay_unit", "pay_currency")] or fields
    if not fields:
        return Event(title="changed", **common)
    leaves = next((item for item in fields if item["field"] == "ends_on" and item.get("new")), None)
    if leaves is not None:
        return Event(title=f"leaves {_on(str(leaves['new']))}".rstrip(), **common)
    edited = [item for item in fields if item.get("why") == "local_edit"]
    labels = [field_label(item["field"]).lower().replace("cms", "CMS") for item in fields]
    if edited and len(fields) == 1:
        item, edit = edited[0], edited[0]["params"]
        detail = f"{edit['editor']} had changed it {_on(edit['on'])}".rstrip()
        return Event(
            title=f"{labels[0]} is payroll’s again",
            old=value_of(item, "old"),
            new=value_of(item, "new"),
            detail=detail,
            **common,
        )
    if len(fields) > 1:
        return Event(title=f"has {len(fields)} changes", detail=upper_first(listing(labels)), **common)
    return Event(
        title=f"{labels[0]} changed", old=value_of(fields[0], "old"), new=value_of(fields[0], "new"), **common
    )


def _on(day: str) -> str:
    try:
        return f"on {short_day(date.fromisoformat(day))}"
    except ValueError:
        return ""


def value_of(item: Mapping[str, Any], which: str) -> str:
    """A stored value as a person reads it."""
    value = item.get(which)
    text = None if value is None else str(value)
    if item["field"] == "pay_rate" and text and text.isdigit():
        text = f"{int(text) / 10_000:.2f}"
    return value_words(item["field"], text, sees_pay=True)


def _is_new_hire(fields: Iterable[dict[str, Any]], at: datetime) -> bool:
    """Whether payroll's hire date says that somebody is new, rather than that they were here long before."""
    hired = next((item.get("new") for item in fields if item["field"] == "hire_date"), None)
    try:
        return at.date() - date.fromisoformat(str(hired)) <= NEW_FOR
    except ValueError:
        return False


def _pair(fields: Iterable[dict[str, Any]], name: str) -> tuple[str, str]:
    found = next((item for item in fields if item["field"] == name), None)
    return (value_of(found, "old"), value_of(found, "new")) if found else ("", "")


def _where(fields: Iterable[dict[str, Any]]) -> str:
    by_name = {item["field"]: item.get("new") for item in fields}
    return ", ".join(str(by_name[name]) for name in ("duty", "zone") if by_name.get(name))


def from_audit(entry: AuditEntry, *, sees_pay: bool = False, reader: int | None = None) -> Event | None:
    """A write that was not payroll's; None when there is nothing to tell (the sync's own entries)."""
    if entry.door == "sync" and not (entry.by == "dates" and entry.verb == "edited"):
        return None
    who = "You" if reader is not None and entry.actor_id == reader else activity.author(entry.by)
    fields = [item for item in entry.changes if sees_pay or item["field"] not in employee.TELLS_PAY]
    if entry.verb in AUDIT_VERBS:
        icon, title = AUDIT_VERBS[entry.verb]
        values = [str(item.get("new") or item.get("old") or "") for item in fields]
        detail = "" if entry.verb in QUIET_DETAIL else ", ".join(values)
        return Event(entry.at, icon, False, title, detail, by=who)
    if not fields:
        return Event(entry.at, "edit", False, upper_first(entry.verb.replace("_", " ")), by=who)
    label = listing([field_label(item["field"]).lower() for item in fields])
    if entry.verb == "overrode":
        return Event(
            entry.at,
            "lock",
            False,
            f"{upper_first(label)} held against payroll",
            str(fields[0].get("why") or ""),
            by=who,
        )
    if entry.verb == "released":
        return Event(entry.at, "payroll", False, f"{upper_first(label)} comes from payroll again", by=who)
    if len(fields) == 1:
        old, new = value_of(fields[0], "old"), value_of(fields[0], "new")
        return Event(entry.at, "edit", False, f"{who} changed the {label}", "", old, new, by=who)
    return Event(entry.at, "edit", False, f"{who} changed {label}", by=who)


def from_message(message: Message) -> Event:
    """An email that went out. Its address is shown, its link never."""
    title = LETTERS.get(message.kind, "Email sent")
    return Event(message.sent_at or message.created_at, "mail", False, title, message.address)


def pay_event(change: Change) -> Event:
    """A change as far as it concerns pay, for whoever may see it."""
    told = [item for item in change.fields if item["field"] == "pay_rate"]
    return from_change(Change(verb="update", fields=told, run=change.run), sees_pay=True)


TITLES = ("Person", "Username", "When", "What", "From", "To", "More", "By", "Run")


def rows(events: Iterable[Event], zone: ZoneInfo, user: User) -> Iterator[list[str]]:
    """The lines of a person's history for a file, with times as the page's zone has them."""
    for one in events:
        at = one.at.astimezone(zone).isoformat(sep=" ", timespec="seconds")
        run, by = str(one.run_number or ""), one.by or ("Payroll" if one.from_payroll else "")
        yield [
            user.full_name,
            user.username,
            at,
            upper_first(one.title),
            one.old,
            one.new,
            one.detail,
            by,
            run,
        ]
