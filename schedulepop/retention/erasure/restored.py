"""What a restore brings back: people who were erased after the backup was made. They are erased again, and it is said.

Tombstones are remembered twice, in the database that is replaced and in a file of the state folder beside it, so that
the new machine's restore knows of them, too, when that folder was kept.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.directory.errors import DirectoryError
from schedulepop.postgres import state_home
from schedulepop.retention.erasure import needles, request
from schedulepop.retention.erasure.needles import Sought
from schedulepop.sync.models import Integration, Link, Tombstone
from schedulepop.sync.run.snapshot.tombstones import mark_of

Mark = tuple[int, str, str]
"""An integration and when it was made, for another database has another one by its number; the keyed hash of an ID."""


@dataclass
class BroughtBack:
    """How many are erased again, and whom somebody has to look at, by username."""

    again: int = 0
    left: list[str] = field(default_factory=list)


def file() -> Path:
    """A line a tombstone: no name, no ID."""
    return state_home() / "tombstones"


def remember(sought: Sought) -> None:
    """On the disk before the erasure is over; a line that is there twice says nothing more."""
    made = dict(Integration.objects.filter(pk__in=sought.person.ids).values_list("pk", "created_at"))
    lines = [
        json.dumps([key, made[key].isoformat(), mark_of(key, one)]) for key, one in needles.numbered(sought)
    ]
    if not lines:
        return
    file().parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as out:
        out.write("\n".join([*lines, ""]))
        out.flush()
        os.fsync(out.fileno())


def known(using: str | None = None) -> set[Mark]:
    """The tombstones of the file, and of the database `using` names."""
    found: set[Mark] = set()
    if file().exists():
        for line in file().read_text().splitlines():
            try:
                integration, made, mark = json.loads(line)
            except ValueError:  # the end of a line that a full disk cut
                continue
            found.add((int(integration), str(made), str(mark)))
    if using is not None:
        kept = Tombstone.objects.using(using).values_list("integration_id", "integration__created_at", "mark")
        found.update((pk, made.isoformat(), mark) for pk, made, mark in kept)
    return found


def erase_again(marks: Collection[Mark], *, actor: Actor, at: datetime) -> BroughtBack:
    """In the database that was put back: whoever has one of these payroll IDs there and was erased since."""
    told = BroughtBack()
    for integration in Integration.objects.filter(pk__in={key for key, _, _ in marks}).order_by("pk"):
        made = integration.created_at.isoformat()
        theirs = {mark for key, when, mark in marks if (key, when) == (integration.pk, made)}
        newer = theirs - set(Tombstone.objects.filter(integration=integration).values_list("mark", flat=True))
        links = Link.objects.filter(integration=integration).values_list("source_id", "user_id")
        back = {user for one, user in links if mark_of(integration.pk, one) in newer} if newer else set()
        for user in User.objects.filter(pk__in=back).order_by("pk"):
            try:
                request.request(user, user.username, actor=actor, at=at)
                told.again += 1
            except DirectoryError:  # at work in that backup: somebody decides
                told.left.append(user.username)
        Tombstone.objects.bulk_create(
            Tombstone(organization_id=integration.organization_id, integration=integration, mark=mark)
            for mark in sorted(newer)
        )
    return told
