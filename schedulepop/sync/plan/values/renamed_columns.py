"""Which header a field's column has now, where the one of the last file is gone."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from schedulepop.lib import text
from schedulepop.sync.plan.values.headers import named_fields

_ALIKE = 0.6


def successor(field: str, was: str, unread: Iterable[str]) -> str | None:
    """Which of these headers a field's column is called now: by what it names, else by how alike it is written."""
    names = list(unread)
    named = [name for name in names if field in {one for _, one in named_fields(name)}]
    if len(named) == 1:
        return named[0]
    before = _words(was)
    ranked = sorted((SequenceMatcher(None, before, _words(name)).ratio(), name) for name in (named or names))
    return ranked[-1][1] if was and ranked and ranked[-1][0] >= _ALIKE else None


def _words(header: str) -> str:
    return " ".join(sorted(text.fold_header(header).split()))
