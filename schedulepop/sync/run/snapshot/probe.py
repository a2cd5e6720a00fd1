"""What a run asks before it reads anybody: most nights the answer is that nobody needs a look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from psycopg import Cursor

from schedulepop.lib import sql
from schedulepop.sync.models import Integration
from schedulepop.sync.run.snapshot.answers import Concerned

HERE = "schedulepop.sync"


@dataclass(frozen=True, slots=True)
class Glance:
    """Answers of one round trip."""

    codes: str  # one hash over every code map, duty and open location
    marks: list[
        tuple[int, str, int]
    ]  # (link id, source id, version) of people somebody wrote since the last run
    missing: list[str]  # source ids the last feeds did not carry
    answers: Concerned
    rules: str | None  # the rules hash of the last run; None: it left nothing
    blob: bytes | None  # fingerprints.pack; of the same file again, same_file.pack
    compared_on: date | None  # when everybody was compared last
    people: str  # `everybody` after the last run

    @property
    def quiet(self) -> bool:
        """Nobody was written, is missing, or has an answer."""
        return not (self.marks or self.missing or self.answers.pending or self.answers.together)


def glance(integration: Integration, *, same: bool = False) -> Glance:
    """One query, in binary: as text the fingerprints are twice as long. `same`: the file is the one applied last."""
    query = sql.load(HERE, "snapshot_glance").replace("{concerned}", sql.load(HERE, "snapshot_concerned"))
    given = {"organization": integration.organization_id, "integration": integration.pk, "same": same}
    with binary_cursor() as cursor:
        row: Any = cursor.execute(query, given, binary=True).fetchone()
    codes, marks, missing, concerned, rules, blob, compared_on, people = row
    answers = Concerned(
        [one for one, pending in concerned or () if pending],
        [one for one, pending in concerned or () if not pending],
    )
    return Glance(
        codes=codes,
        marks=[(link, one, version) for link, one, version in marks or ()],
        missing=missing or [],
        answers=answers,
        rules=rules,
        blob=blob,
        compared_on=compared_on,
        people=people or "",
    )


def binary_cursor() -> Cursor[Any]:
    """A cursor that sends values beside the statement: Django's writes bytes into it, as text twice as long."""
    connection.ensure_connection()
    return Cursor(connection.connection)


def everybody(integration: Integration) -> str:
    """One hash over everybody of the organization, as far as payroll can touch them."""
    with connection.cursor() as cursor:
        cursor.execute(sql.load(HERE, "snapshot_everybody"), {"organization": integration.organization_id})
        return str(cursor.fetchone()[0])
