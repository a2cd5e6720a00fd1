"""Whose trouble it is that the installation's figures count: customers by name, days, and nobody's people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from schedulepop.accounts.actors import Actor


@dataclass(frozen=True, slots=True)
class Line:
    """A customer in trouble, and since when; `integration` "" where it is none's."""

    organization: str
    slug: str
    integration: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class InTrouble:
    """The customers of one kind of trouble, the longest first: all are `total`."""

    total: int = 0
    lines: tuple[Line, ...] = ()

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.total - len(self.lines)


def in_trouble(lead: Actor, most: int) -> dict[str, InTrouble]:
    """`late`, `held`, `failing`, `stopped` (their mail) → at most so many of each; for anybody but a lead, none.

    What `health.figures` counts, by name: one statement, whatever the size.
    """
    found: dict[str, InTrouble] = {}
    if lead.user is None:
        return found
    with connection.cursor() as cursor:
        cursor.execute("SELECT all_customers_in_trouble(%s, %s)::text", [lead.user.pk, most])
        for row in (json.loads(told) for (told,) in cursor.fetchall()):
            since = datetime.fromisoformat(row["since"]) if row["since"] else None
            line = Line(row["organization"], row["slug"], row["integration"], since)
            before = found.get(row["kind"], InTrouble()).lines
            found[row["kind"]] = InTrouble(row["total"], (*before, line))
    return found
