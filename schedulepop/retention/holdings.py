"""Everything that is held on one person, section by section, as plain rows; numbers of other rows are names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

from schedulepop.accounts.models import AuditEntry, Grant, Invitation, SecondFactor, User
from schedulepop.directory.models import (
    Duty,
    EmploymentPeriod,
    Location,
    Membership,
    MembershipDuty,
    MembershipZone,
    Zone,
)
from schedulepop.messages.models import Message
from schedulepop.retention import traces
from schedulepop.retention.person import Person
from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.models import (
    Answer,
    Change,
    Deferral,
    DistinctPair,
    FieldOverride,
    IdChange,
    Integration,
    Issue,
    Link,
    Merge,
    MissingLink,
    RawFeed,
    Run,
)
from schedulepop.sync.plan import storage

Row = dict[str, Any]
FILES_AT_ONCE = 50_000_000
"""Bytes of payroll files that one answer of the web unpacks: a second or two. Of more there are parts."""
SECRET = frozenset({"password", "token_hash", "code_hash", "secret", "recovery_codes", "last_step"})
"""What proves who somebody is, and says nothing about them."""
_NAMED: dict[str, type[Model]] = {
    "location_id": Location,
    "duty_id": Duty,
    "zone_id": Zone,
    "integration_id": Integration,
}
_TABLES: dict[str, tuple[type[Model], str]] = {
    "user": (User, "pk__in"),
    "rights": (Grant, "user__in"),
    "links and sheets": (Invitation, "user__in"),
    "two-step sign-in": (SecondFactor, "user__in"),
    "memberships": (Membership, "user__in"),
    "duties and pay": (MembershipDuty, "membership__user__in"),
    "zones": (MembershipZone, "membership__user__in"),
    "earlier employments": (EmploymentPeriod, "membership__user__in"),
    "payroll IDs": (Link, "user__in"),
    "replaced payroll IDs": (IdChange, "user__in"),
    "values held against payroll": (FieldOverride, "user__in"),
    "history": (Change, "user__in"),
    "letters": (Message, "user__in"),
}
"""Section → its table, and by what the rows of a person are found in it."""


def of_person(person: Person, files: Collection[int] | None = None) -> Iterator[tuple[str, list[Row]]]:
    """Every section with its rows, empty ones too, so that what is not held is said.

    `files`: only these are unpacked.
    """
    names = _Names(person)
    for title, (table, whose) in _TABLES.items():
        found = table._default_manager.filter(**{whose: person.users}).order_by("pk")
        yield title, [names.readable(row) for row in found.values()]
    for title, section in _SECTIONS.items():
        yield title, [names.readable(row) for row in section(person)]
    yield of_files(person, files)


def of_files(person: Person, files: Collection[int] | None = None) -> tuple[str, list[Row]]:
    """The section of the payroll files alone."""
    names = _Names(person)
    return "payroll files", [names.readable(row) for row in _files(person, files)]


def file_parts(person: Person) -> list[list[int]]:
    """Their kept payroll files, oldest first, in as many parts as one answer can unpack; at least one part."""
    kept = RawFeed.objects.filter(integration__in=person.ids, content__isnull=False)
    parts: list[list[int]] = [[]]
    room = FILES_AT_ONCE
    for pk, size in kept.order_by("integration", "source_time", "pk").values_list("pk", "size"):
        if parts[-1] and size > room:
            parts.append([])
            room = FILES_AT_ONCE
        parts[-1].append(pk)
        room -= size
    return parts


class _Names:
    """What the numbers in a row stand for."""

    def __init__(self, person: Person) -> None:
        owner = person.organization
        self._known: dict[str, dict[int, str]] = {
            column: dict(table._default_manager.filter(organization=owner).values_list("pk", "name"))
            for column, table in _NAMED.items()
        }
        self._known["primary_duty_id"] = self._known["duty_id"]
        self._known["primary_zone_id"] = self._known["zone_id"]
        self._known["user_id"] = dict(User.objects.filter(pk__in=person.users).values_list("pk", "username"))

    def readable(self, row: Row) -> Row:
        """The row without secrets, with names where a number was."""
        kept = {
            name: value for name, value in row.items() if name not in SECRET and name != "organization_id"
        }
        for name, known in self._known.items():
            if kept.get(name) in known:
                kept[name.removesuffix("_id")] = known[kept.pop(name)]
        return {name: _plain(value) for name, value in kept.items()}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime | date) else value


def _integrations(person: Person) -> QuerySet[Integration]:
    return Integration.objects.filter(organization=person.organization, pk__in=person.ids).order_by("pk")


def _missing(person: Person) -> Iterator[Row]:
    for integration, ids in person.ids.items():
        missing = MissingLink.objects.filter(integration=integration, source_id__in=ids).order_by("pk")
        yield from map(dict, missing.values())


def by_record(table: type[Model], person: Person) -> QuerySet[Any]:
    """Rows of a table that names people by payroll ID: answers, and people kept apart."""
    found = Q(user__in=person.users)
    for integration, ids in person.ids.items():
        own = ids - person.shared.get(integration, frozenset())
        found |= Q(integration=integration, source_id__in=own)
    return table._default_manager.filter(found, organization=person.organization).order_by("pk")


def _pairs(person: Person) -> Iterator[Row]:
    found = DistinctPair.objects.filter(Q(one__in=person.users) | Q(other__in=person.users))
    yield from map(dict, found.order_by("pk").values("by", "at"))


def _merges(person: Person) -> Iterator[Row]:
    yield from map(dict, Merge.objects.filter(merged__in=person.users).order_by("pk").values())


def issues_of(person: Person) -> Iterator[tuple[Issue, list[traces.Finding]]]:
    """Issues that name them, each with its rows about them; none where the issue as a whole is."""
    for integration, ids in person.ids.items():
        wanted = Q(user__in=person.users) | Q(key__in=ids)
        for one in sorted(ids):
            wanted |= Q(rows__contains=[{"source_id": one}])
        for issue in Issue.objects.filter(wanted, integration=integration).order_by("pk"):
            theirs = traces.of_findings(person, integration, issue.rows)
            if theirs or issue.user_id in person.users:
                yield issue, theirs


def _issues(person: Person) -> Iterator[Row]:
    for issue, rows in issues_of(person):
        told = {"code": issue.code, "key": issue.key, "first_seen_at": issue.first_seen_at}
        yield told | {"resolved_at": issue.resolved_at, "rows": rows}


def _audit(person: Person) -> Iterator[Row]:
    about = Q(user__in=person.users) | Q(actor__in=person.users)
    found = AuditEntry.objects.filter(about, organization=person.organization).order_by("pk")
    yield from map(dict, found.values("at", "by", "door", "verb", "subject", "location_id", "changes"))


def _plans(person: Person) -> Iterator[Row]:
    runs = Run.objects.filter(
        organization=person.organization, integration__in=person.ids, plan__isnull=False
    )
    for run in (
        runs.order_by("pk").only("number", "plan", "integration_id", "requested_at").iterator(chunk_size=1)
    ):
        assert run.plan is not None  # noqa: S101 (as asked for)
        for frame, rows in traces.in_plan(person, run.integration_id, storage.unpack(run.plan)).items():
            for row in rows.to_dicts():
                said = {name: value for name, value in row.items() if value is not None}
                yield {
                    "run": run.number,
                    "integration_id": run.integration_id,
                    "of": frame,
                    "says": _json(said),
                }


def _json(row: Row) -> Row:
    return {name: _plain(value) for name, value in row.items()}


def _files(person: Person, only: Collection[int] | None) -> Iterator[Row]:
    for integration in _integrations(person):
        kept = RawFeed.objects.filter(integration=integration, content__isnull=False).order_by(
            "source_time", "pk"
        )
        if only is not None:
            kept = kept.filter(pk__in=only)
        for raw in kept.iterator(chunk_size=1):
            yield from _in_file(person, integration, raw)


def _in_file(person: Person, integration: Integration, raw: RawFeed) -> Iterator[Row]:
    about = {"file": raw.name, "integration_id": integration.pk, "of": raw.source_time}
    try:
        feed = traces.open_feed(raw, integration)
    except NeedsAdmin as refusal:
        yield about | {"row": None, "says": {"unreadable": refusal.reason}}
        return
    whole, broken = traces.rows_of_feed(person, integration, feed)
    for table, numbers in ((feed.table, whole), (feed.broken_rows, broken)):
        for row in table.filter(table["row"].is_in(numbers.implode())).to_dicts():
            number = row.pop("row")
            yield about | {
                "row": number,
                "says": {name: value for name, value in row.items() if value is not None},
            }


_SECTIONS: dict[str, Callable[[Person], Iterator[Row]]] = {
    "missing from payroll": _missing,
    "answers": lambda person: iter(by_record(Answer, person).values()),
    "kept apart": lambda person: iter(by_record(Deferral, person).values()),
    "different people": _pairs,
    "merges": _merges,
    "issues": _issues,
    "audit trail": _audit,
    "plans": _plans,
}
