"""Usernames: `first.last`, in plain letters, with a number where that is taken.

The rule is here once, for a single person and for a whole feed. Usernames are unique per installation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from django.db import connection

from schedulepop.lib.text import fold

_LONGEST = 60
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def stem(first_name: str, last_name: str) -> str:
    """`Mary Ann O’Brien-Łoś` becomes `maryann.obrienlos`; `user` when no letter or digit is left."""
    parts = (re.sub(r"[^a-z0-9]", "", fold(name).translate(_LETTERS)) for name in (first_name, last_name))
    return ".".join(part for part in parts if part)[:_LONGEST].strip(".") or "user"


def free(stems: Sequence[str], taken: AbstractSet[str]) -> list[str]:
    """A free username for each stem, in order: the stem itself, else `stem2`, `stem3`… Repeated stems differ."""
    used = set(taken)
    next_number: dict[str, int] = {}
    names = []
    for each in stems:
        name, number = each, next_number.get(each, 2)
        while name in used:
            name, number = f"{each}{number}", number + 1
        next_number[each] = number
        used.add(name)
        names.append(name)
    return names


def taken_like(stems: Iterable[str]) -> set[str]:
    """The usernames in use, in any organization, that are one of these stems, or one with a number.

    Relies on the database's function of that name, which sees those of other organizations too.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT usernames_like(%s::text[])", [sorted(set(stems))])
        return {name for (name,) in cursor.fetchall()}
