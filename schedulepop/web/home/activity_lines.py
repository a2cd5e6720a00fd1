"""Entries of the audit trail as lines: who, did what, from what to what, by which door, and where it leads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Model, QuerySet

from schedulepop import employee
from schedulepop.accounts.models import AuditEntry, Organization
from schedulepop.directory.models import Duty, Location, Membership, Zone
from schedulepop.sync.models import Integration, Run
from schedulepop.web.shell.navigation import address
from schedulepop.web.shell.visit import Visit
from schedulepop.web.shell.words import field_label
from schedulepop.web.users.history import value_of
from schedulepop.wording import activity as words

AT_ONCE = 500
_PEOPLE = words.SUBJECTS["people"]
_QUIET = frozenset(
    {*("held", "granted", "merged", "merged_away", "unmerged", "asked", "let_see_pay")}
    | {"opened_link", "sent_again", "sent_invitation"}
)
"""Verbs whose changes are ids or counts: the sentence says it all."""
_NAMES_ONLY = frozenset({"mapped", "configured", "stored_secrets"})
"""Verbs of which the names of what changed are said: the values are tables of codes, or secret."""
_EXTRAS = frozenset(f"{how}_extra_{kind}" for how in ("added", "removed") for kind in ("duty", "zone"))
_MODELS: dict[str, type[Model]] = {
    "run": Run,
    "integration": Integration,
    "duty": Duty,
    "zone": Zone,
    "location": Location,
    "organization": Organization,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as it is read, on the page and in a file."""

    at: datetime
    who: str
    did: str
    detail: str
    door: str
    place: str
    url: str


@dataclass(frozen=True)
class _Found:
    """What the lines of one page speak of, fetched at once."""

    names: dict[tuple[str, int], str]
    urls: dict[tuple[str, int], str]
    homes: dict[int, set[int]]  # user → locations where a profile can be opened
    places: dict[int, str]


def lines(entries: Sequence[AuditEntry], visit: Visit) -> list[Line]:
    """As this reader may know them; six statements, however many entries. Pay is for admins alone."""
    found = _fetch(entries, visit.organization)
    pay = visit.actor.is_admin(visit.organization)
    return [_line(entry, found, pay=pay, reader=visit.user.pk) for entry in entries]


TITLES = ("When", "Who", "What", "From and to", "Door", "Location")


def rows(entries: QuerySet[AuditEntry], visit: Visit) -> Iterator[list[str]]:
    """The lines of a file, with times as the page's zone has them, 500 entries in memory at once."""
    for some in _in_parts(entries.iterator(chunk_size=AT_ONCE)):
        for one in lines(some, visit):
            at = one.at.astimezone(visit.zone).isoformat(sep=" ", timespec="seconds")
            yield [at, one.who, one.did, one.detail, one.door, one.place]


def _in_parts(entries: Iterator[AuditEntry]) -> Iterator[list[AuditEntry]]:
    while some := list(islice(entries, AT_ONCE)):
        yield some


def _fetch(entries: Iterable[AuditEntry], organization: Organization) -> _Found:
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        if entry.subject in _MODELS and entry.subject_id is not None:
            wanted.setdefault(entry.subject, set()).add(entry.subject_id)
    names, urls = {}, {}
    for subject, ids in wanted.items():
        rows = _MODELS[subject]._default_manager.filter(pk__in=ids)
        for row in rows.defer("plan", "summary") if subject == "run" else rows:
            names[subject, row.pk] = str(row.number) if isinstance(row, Run) else str(getattr(row, "name"))  # noqa: B009
            urls[subject, row.pk] = _address(row, organization)
    homes: dict[int, set[int]] = {}
    people = {entry.user_id for entry in entries if entry.user_id is not None}
    memberships = Membership.objects.filter(organization=organization, user__in=people)
    for user, location in memberships.values_list("user", "location"):
        homes.setdefault(user, set()).add(location)
    places = dict(Location.objects.filter(organization=organization).values_list("pk", "name"))
    return _Found(names, urls, homes, places)


def _address(row: Model, organization: Organization) -> str:
    if isinstance(row, Run):
        return address("run", row.pk)
    if isinstance(row, Integration):
        return address("integration", organization.slug, row.slug)
    if isinstance(row, Duty) and organization.cms_codes:
        return f"{address('cms')}#place-{row.location_id}"
    return ""


def _line(entry: AuditEntry, found: _Found, *, pay: bool, reader: int) -> Line:
    fields = [one for one in entry.changes if isinstance(one, dict) and "field" in one]
    labels = [_lower(field_label(str(one["field"]))) for one in fields]
    return Line(
        at=entry.at,
        who="You" if entry.actor_id == reader else words.author(entry.by),
        did=words.did(entry.verb, entry.subject, _name(entry, found), labels),
        detail=", ".join(_details(entry.verb, fields, labels, pay=pay)),
        door=words.DOORS[words.door_of(entry.door, entry.by)],
        place=found.places.get(entry.location_id or 0, ""),
        url=_url(entry, found),
    )


def _lower(label: str) -> str:
    return label if label[:2].isupper() else f"{label[:1].lower()}{label[1:]}"


def _name(entry: AuditEntry, found: _Found) -> str:
    if entry.user is not None and (entry.subject in (*_PEOPLE, "visit")):
        return entry.user.full_name
    if entry.subject == "answer":
        payroll_id = next((one["new"] for one in entry.changes if one.get("field") == "payroll_id"), "")
        return f"payroll ID {payroll_id}" if payroll_id else ""
    return found.names.get((entry.subject, entry.subject_id or 0), "")


def _details(verb: str, fields: list[dict[str, Any]], labels: list[str], *, pay: bool) -> Iterable[str]:
    if verb in _QUIET:
        return []
    return labels if verb in _NAMES_ONLY else _values(fields, labels, pay=pay, extra=verb in _EXTRAS)


def _values(
    fields: list[dict[str, Any]], labels: list[str], *, pay: bool, extra: bool = False
) -> Iterable[str]:
    """`phone: (515) 555-0171 → (515) 555-0178`; of pay, for who may not see it, nothing but that it changed."""
    for item, label in zip(fields, labels, strict=True):
        if extra:  # the sentence says of which kind; a further one is not the primary one
            yield value_of(item, "old" if item.get("new") is None else "new")
            continue
        if item["field"] == "state" or (item["field"] in employee.TELLS_PAY and not pay):
            continue  # the sentence says it
        old, new = item.get("old"), item.get("new")
        if isinstance(old, dict | list) or isinstance(new, dict | list) or (old is None and new is None):
            continue
        if item["field"] == "what":
            yield str(new)
        elif old is None:
            yield f"{label}: {value_of(item, 'new')}"
        else:
            yield f"{label}: {value_of(item, 'old')} → {value_of(item, 'new')}"
        if item.get("why"):
            yield str(item["why"])


def _url(entry: AuditEntry, found: _Found) -> str:
    if entry.subject == "issue":
        return address("issues")
    homes = found.homes.get(entry.user_id or 0, set())
    if entry.subject in _PEOPLE and homes:
        here = entry.location_id if entry.location_id in homes else min(homes)
        return address("profile", entry.user_id, here)
    return found.urls.get((entry.subject, entry.subject_id or 0), "")
