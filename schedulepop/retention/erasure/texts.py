"""What runs, issues, letters and the trail say of one person among others, without them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Model, Q, TextField
from django.db.models.functions import Cast

from schedulepop.messages.models import Message
from schedulepop.retention.erasure.account import SOMEBODY
from schedulepop.retention.erasure.needles import Sought
from schedulepop.sync.models import (
    Answer,
    Change,
    Deferral,
    FieldOverride,
    IdChange,
    Integration,
    Issue,
    MappingVersion,
    Merge,
    PartMerge,
    Run,
)

BATCH = 500
TEXTS: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "runs": (Run, ("summary", "holds", "error_params")),
    "issues": (Issue, ("rows", "reasons")),
    "letters to others": (Message, ("context",)),
    "history of others": (Change, ("fields", "images")),
    "merges of others": (Merge, ("images",)),
    "integrations": (Integration, ("notice_log",)),
}
"""Kind → its table, and columns of JSON in which somebody may be named among others."""
AUTHORS: tuple[tuple[type[Model], str], ...] = (
    (Answer, "by"),
    (Deferral, "by"),
    (Deferral, "ended_by"),
    (FieldOverride, "by"),
    (FieldOverride, "released_by"),
    (IdChange, "by"),
    (Merge, "by"),
    (Merge, "unmerged_by"),
    (PartMerge, "by"),
    (PartMerge, "undone_by"),
    (Run, "requested_by"),
    (Run, "decided_by"),
    (Issue, "resolved_by"),
)


def findings(sought: Sought) -> Iterator[tuple[str, int]]:
    """Issues lose their rows about them; one that had no other row goes."""
    for integration, ids in sorted(sought.person.ids.items()):
        wanted = Q(key__in=ids)
        for one in sorted(ids):
            wanted |= Q(rows__contains=[{"source_id": one}])
        for pk in list(Issue.objects.filter(wanted, integration=integration).values_list("pk", flat=True)):
            yield "issues", _in_issue(sought, integration, pk)


def _in_issue(sought: Sought, integration: int, pk: int) -> int:
    issue = Issue.objects.select_for_update().get(pk=pk)
    left = [
        row for row in issue.rows if not sought.person.has(integration, row.get("source_id"), row.get("name"))
    ]
    if left == issue.rows:
        return 0
    if not left:
        issue.delete()
        return 1
    issue.count, issue.rows = max(issue.count - len(issue.rows) + len(left), 1), left
    issue.save(update_fields=["count", "rows"])
    return 1


def runs(sought: Sought) -> Iterator[tuple[str, int]]:
    """Holds of them alone, and whom a run at once was about."""
    for integration, one in ((key, one) for key, ids in sought.person.ids.items() for one in sorted(ids)):
        named = Q(people__contains=[one]) | Q(holds__contains=[{"source_id": one}])
        found = Run.objects.filter(named, integration=integration).only("people", "holds", "integration_id")
        for run in found.select_for_update(no_key=True, of=("self",)):
            run.people = [source_id for source_id in run.people if source_id != one]
            run.holds = [hold for hold in run.holds if hold.get("source_id") != one]
            run.save(update_fields=["people", "holds"])
            yield "runs", 1


def texts(sought: Sought) -> Iterator[tuple[str, int]]:
    """Their words in what is kept about others."""
    for kind, (table, columns) in TEXTS.items():
        wanted = Q()
        casts = {f"{column}_text": Cast(column, TextField()) for column in columns}
        for cast in casts:
            for word in sought.words:
                wanted |= Q(**{f"{cast}__contains": word})
        if not wanted:
            return
        found = table._default_manager.filter(organization=sought.person.organization).annotate(**casts)
        for pk in list(found.filter(wanted).order_by("pk").values_list("pk", flat=True)):
            yield kind, _in_row(sought, table, columns, pk)


def _in_row(sought: Sought, table: type[Model], columns: tuple[str, ...], pk: int) -> int:
    row: Any = table._default_manager.select_for_update(of=("self",)).only(*columns).get(pk=pk)
    for column in columns:
        setattr(row, column, sought.cleaned(getattr(row, column)))
    row.save(update_fields=list(columns))
    return 1


def authors(sought: Sought) -> Iterator[tuple[str, int]]:
    """Who did something is somebody who was erased."""
    for table, column in AUTHORS:
        found = table._default_manager.filter(
            **{"organization": sought.person.organization, f"{column}__in": sought.words}
        )
        yield "signatures", found.update(**{column: SOMEBODY})
    named = MappingVersion.objects.filter(
        integration__organization=sought.person.organization, by__in=sought.words
    )
    yield "signatures", named.update(by=SOMEBODY)


def trail(sought: Sought) -> Iterator[tuple[str, int]]:
    """Entries about them say that something happened, and by whom unless it was them; others' lose their words."""
    owner, people = sought.person.organization.pk, list(sought.person.users)
    yield from _until_none("SELECT erase_audit(%s, %s::bigint[], %s, %s)", [owner, people, SOMEBODY, BATCH])
    for word in sought.words:
        yield from _until_none("SELECT erase_word_in_audit(%s, %s, %s)", [owner, word, BATCH])


def _until_none(query: str, given: list[Any]) -> Iterator[tuple[str, int]]:
    count = 1
    while count:
        with connection.cursor() as cursor:
            cursor.execute(query, given)
            count = int(cursor.fetchone()[0])
        yield "audit trail", count
