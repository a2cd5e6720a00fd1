"""Numbers of people, and lists of names, as they stand in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from schedulepop.wording.translation import gettext, ngettext

SHOWN = 5
"""Names a sentence takes; the others are a number."""


def people(count: int) -> str:
    """`1 person`, `3 people`."""
    return ngettext("{count:,} person", "{count:,} people", count).format(count=count)


def records(count: int) -> str:
    """`1 record`, `3 records`."""
    return ngettext("{count:,} record", "{count:,} records", count).format(count=count)


def records_in(count: int, columns: int) -> str:
    """`3 records in 9 columns`."""
    said = ngettext("{records} in {columns} column", "{records} in {columns} columns", columns)
    return said.format(records=records(count), columns=columns)


def names(listed: Sequence[str], more: int = 0) -> str:
    """`Ana Ruiz, Lee Okafor and 3 more`."""
    shown = ", ".join(listed)
    return gettext("{names} and {count} more").format(names=shown, count=more) if more > 0 else shown


def listing(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return gettext("{items} and {last}").format(items=", ".join(items[:-1]), last=items[-1])
