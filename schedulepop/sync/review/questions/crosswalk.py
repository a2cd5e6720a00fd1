"""A crosswalk: which new payroll ID is which old one, as a file, when a vendor is switched (SPEC §7, §8).

Every row becomes an answer "the same person", whatever the name, which the next run makes true under the guard
and the plan's hash. All rows or none: a file with one wrong row writes nothing. Old IDs may belong to another
integration of the organization, the one that is left; then the change of ID is kept for CMS at once, because no
feed of the new one will ever name the old one.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import transaction
from django.utils.timezone import now as clock

from schedulepop import employee
from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.directory.models import Membership
from schedulepop.lib.text import fold_header
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.models import Answer, IdChange, Integration, Link
from schedulepop.sync.plan.values.source_ids import read_ids

COLUMNS = {
    "old_id": frozenset(
        {"old id", "old", "old employee id", "old payroll id", "previous id", "from", "from id"}
    ),
    "new_id": frozenset({"new id", "new", "new employee id", "new payroll id", "current id", "to", "to id"}),
}
"""Folded headers of the two columns."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file."""

    number: int  # the spreadsheet's; header = 1
    old_id: str
    new_id: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one value."""

    row: int
    column: str
    value: str
    message: str

    def __str__(self) -> str:
        return f"Row {self.row}, {self.column} {self.value!r}: {self.message}"


@dataclass(frozen=True, slots=True)
class Pairing:
    """A row that can be taken: the person who gets the new ID."""

    row: Row
    user: User
    old: Link

    @property
    def changes(self) -> bool:
        """Whether anything is to be done: the same ID of the same integration stays as it is."""
        return self.row.old_id != self.row.new_id


@dataclass(frozen=True, slots=True)
class Checked:
    """A crosswalk as read: what would be done, and everything that is wrong."""

    pairings: tuple[Pairing, ...]
    wrong: tuple[Wrong, ...]


def check(integration: Integration, content: bytes, *, actor: Actor) -> Checked:
    """Read a crosswalk and check every row; writes nothing. Raises Refused when the columns cannot be told."""
    if not actor.runs_syncs(integration.organization):
        raise NotAllowed("Only an admin or Client Success can take over a crosswalk.")
    rows = _read(content)
    wrong = _malformed(rows)
    spoiled = {one.row for one in wrong}
    links = _owners(integration, [row.old_id for row in rows])
    taken = dict(
        Link.objects.filter(
            integration=integration, retired_at=None, source_id__in=[row.new_id for row in rows]
        ).values_list("source_id", "user_id")
    )
    moving = {row.old_id for row in rows if row.old_id != row.new_id}
    pairings = []
    for row in (row for row in rows if row.number not in spoiled):
        found = links.get(row.old_id, [])
        if len({link.user_id for link in found}) != 1:
            wrong.append(Wrong(row.number, "old_id", row.old_id, _unknown(found)))
        elif found[0].user.local:
            wrong.append(
                Wrong(
                    row.number,
                    "old_id",
                    row.old_id,
                    "belongs to somebody of an agency, who is never payroll's.",
                )
            )
        elif taken.get(row.new_id, found[0].user_id) != found[0].user_id and row.new_id not in moving:
            wrong.append(
                Wrong(row.number, "new_id", row.new_id, "is the ID of somebody else on the list already.")
            )
        else:
            pairings.append(Pairing(row, found[0].user, found[0]))
    return Checked(tuple(pairings), tuple(sorted(wrong, key=lambda one: (one.row, one.column))))


def left_out(integration: Integration, checked: Checked) -> list[User]:
    """Working people of payroll whom no row names: without their old ID in the next feed they would be missing.

    Of the integrations whose IDs the file names; a file of nobody leaves out everybody of this one.
    """
    named = {one.user.pk for one in checked.pairings}
    source = {one.old.integration_id for one in checked.pairings} or {integration.pk}
    working = Membership.objects.filter(
        organization=integration.organization,
        payroll_owned=True,
        user__links__integration__in=source,
        user__links__retired_at=None,
    ).exclude(status__in=sorted(employee.ENDED))
    users = User.objects.filter(pk__in=working.values("user")).exclude(pk__in=named)
    return list(users.order_by("sort_name", "pk"))


def take(integration: Integration, content: bytes, *, actor: Actor) -> int:
    """Answer every row of a crosswalk at once; returns how many IDs change. Raises Refused, with nothing done."""
    with transaction.atomic():
        Integration.objects.select_for_update().get(pk=integration.pk)
        checked = check(integration, content, actor=actor)
        if checked.wrong:
            raise Refused(" ".join(str(one) for one in checked.wrong[:5]))
        todo = [one for one in checked.pairings if one.changes or one.old.integration_id != integration.pk]
        at = clock()
        Answer.objects.filter(
            integration=integration, withdrawn_at=None, source_id__in=[one.row.new_id for one in todo]
        ).update(withdrawn_at=at)
        Answer.objects.bulk_create(
            [
                Answer(
                    organization_id=integration.organization_id,
                    integration=integration,
                    source_id=one.row.new_id,
                    kind=Answer.Kind.SAME,
                    user=one.user,
                    reason=f"Crosswalk: {one.row.old_id} before",
                    by=actor.by,
                    at=at,
                )
                for one in todo
            ],
            batch_size=5_000,
        )
        today = integration.local_date(at)
        IdChange.objects.bulk_create(
            [
                IdChange(
                    organization_id=integration.organization_id,
                    integration=integration,
                    user=one.user,
                    old_id=one.row.old_id,
                    new_id=one.row.new_id,
                    changed_on=today,
                    by=actor.by,
                    at=at,
                )
                for one in todo
                if one.changes and one.old.integration_id != integration.pk
            ],
            batch_size=5_000,
        )
        audit.record(
            actor,
            integration.organization,
            "crosswalk",
            ("integration", integration.pk),
            changes=[audit.change("ids", None, len(todo))],
        )
    return len(todo)


def _read(content: bytes) -> list[Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    lines = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    header = [fold_header(name) for name in lines[0]] if lines else []
    at: dict[str, int] = {}
    for column, names in COLUMNS.items():
        found = [place for place, name in enumerate(header) if name in names]
        if len(found) != 1:
            raise Refused(
                f"The file needs one column {column}. It has: {', '.join(lines[0]) if lines else 'nothing'}."
            )
        at[column] = found[0]
    return [
        Row(number, **{name: line[place].strip() if place < len(line) else "" for name, place in at.items()})
        for number, line in enumerate(lines[1:], 2)
        if any(cell.strip() for cell in line)
    ]


_FAULTS = {
    "id_blank": "is blank.",
    "id_scientific": "is in scientific notation, so its digits are lost. Format the column as text and save it again.",
    "id_invalid": "cannot be an ID.",
}


def _malformed(rows: list[Row]) -> list[Wrong]:
    """Values that are no IDs, and IDs that stand in two rows."""
    wrong = []
    for column in COLUMNS:
        values = [str(getattr(row, column)) for row in rows]
        faults = read_ids(pl.Series(values, dtype=pl.String))["fault"].to_list()
        counts = Counter(values)
        for row, value, fault in zip(rows, values, faults, strict=True):
            if fault is not None:
                wrong.append(Wrong(row.number, column, value, _FAULTS[fault]))
            elif counts[value] > 1:
                first = next(other.number for other in rows if getattr(other, column) == value)
                said = (
                    f"is in row {first} already." if first != row.number else f"is in {counts[value]} rows."
                )
                wrong.append(Wrong(row.number, column, value, said))
    return wrong


def _owners(integration: Integration, ids: list[str]) -> dict[str, list[Link]]:
    """Whose the old IDs are: this integration's links, else those of the organization's others."""
    links = (
        Link.objects.filter(organization=integration.organization, source_id__in=ids, retired_at=None)
        .select_related("user")
        .order_by("pk")
    )
    found: dict[str, dict[bool, list[Link]]] = {}
    for link in links:
        found.setdefault(link.source_id, {}).setdefault(link.integration_id == integration.pk, []).append(
            link
        )
    return {source_id: ways.get(True) or ways[False] for source_id, ways in found.items()}


def _unknown(found: list[Any]) -> str:
    return "is two people's in two integrations." if found else "is nobody's on the list."
