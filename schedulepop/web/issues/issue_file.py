"""The open issues as rows of a file, in the words of the page for this reader."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from schedulepop.sync.models import Issue
from schedulepop.sync.plan.issue_codes import CODES
from schedulepop.web.issues.words import FIXER_WORDS
from schedulepop.web.shell.visit import Visit
from schedulepop.wording import issues as issue_words

TITLES = ("Issue", "What it says", "Location", "Integration", "Who can fix it", "What to do", "First seen")


def rows(visit: Visit, found: QuerySet[Issue]) -> Iterator[list[str]]:
    """One row an issue; a manager is told what the page tells a manager."""
    for one in found.filter(code__in=CODES).iterator(chunk_size=1_000):
        text = issue_words.text(one.code)
        yield [
            text.title,
            one.for_managers if visit.role == "manager" else one.message,
            one.location.name if one.location else "",
            one.integration.name if one.integration else "",
            FIXER_WORDS[CODES[one.code].fixer],
            text.remedy,
            one.first_seen_at.astimezone(visit.zone).isoformat(sep=" ", timespec="seconds"),
        ]
