"""What stands beside an answer: how payroll writes the number asked, and that a newer feed is on hold."""

from __future__ import annotations

from schedulepop.lib import numbers
from schedulepop.lib.text import fold_code
from schedulepop.sync.whereis.answer import Found
from schedulepop.sync.whereis.facts import Freshness
from schedulepop.sync.whereis.query import Query
from schedulepop.wording import whereis as wording

SAYS_IT = frozenset({"run_held", "discarded", "nobody_held", "first_sync"})
"""Outcomes that speak of the feed on hold themselves."""


def note_of(found: Found, query: Query, freshness: Freshness) -> str:
    """How payroll writes the number asked; that a newer feed is on hold, where the answer rests on an older one."""
    return " ".join(filter(None, (_written(found, query), _newer(found, freshness))))


def _written(found: Found, query: Query) -> str:
    if found.hidden or found.facts is None or not query.loose:
        return ""
    known = found.facts.numbers
    if query.number in map(fold_code, known):
        return ""
    number = next((one for one in known if numbers.fits(query.loose, one)), "")
    return wording.written_as(number) if number else ""


def _newer(found: Found, freshness: Freshness) -> str:
    if found.hidden or found.outcome.code in SAYS_IT or (found.record is not None and found.record.newer):
        return ""
    of = found.place or found.record
    concerned = of is not None and freshness.newer_concerns(of.location_id)
    return wording.newer_waits(freshness.newer) if concerned else ""
