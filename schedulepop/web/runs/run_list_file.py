"""The runs of an organization as rows of a file, in the words of the list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from schedulepop.sync.models import Run
from schedulepop.web.runs import run_sections, words

COUNTS = {
    "read": "Read",
    "created": "Joined",
    "updated": "Changed",
    "reactivated": "Came back",
    "transferred": "Moved",
    "deactivated": "Lost sign-in",
    "removed_missing": "Gone from payroll",
    "held": "Held",
    "rejected": "Unreadable",
    "excluded": "Left out",
}
TITLES = ("Run", "Integration", "Asked for", "Done", "By", "Why", "State", *COUNTS.values(), "Error")


def rows(found: QuerySet[Run], zone: ZoneInfo) -> Iterator[list[str]]:
    """One row a run, with times as the page's zone has them."""
    for one in found.iterator(chunk_size=1_000):
        yield [
            str(one.number),
            one.integration.name,
            _time(one.requested_at, zone),
            _time(one.finished_at, zone),
            one.requested_by,
            "Preview" if one.preview else words.TRIGGER_WORDS.get(one.trigger, one.trigger),
            run_sections.badge(one)[1],
            *(str(one.counts.get(name, "")) for name in COUNTS),
            one.error,
        ]


def _time(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(sep=" ", timespec="seconds") if at else ""
