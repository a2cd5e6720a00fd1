"""A name that is the known one with its letters damaged never overwrites it (SPEC §5 Normalize).

`Carrasc?n`, `CarrascÃ³n`, `Carrasc—n` and `Szab` are `Carrascón` and `Szabó` after a wrong encoding. `Carrascon` is a
way to write the name, and payroll's word. A letter for another one (`Jürgen`, `Jörgen`) is damage only where the
encoding of the file itself is in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from schedulepop.sync.plan.findings import about_rows
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty

NAMES = ("first_name", "last_name")
_GONE = r"(&#?\w{1,8};|[^\x00-\x7f]{1,3}|[?*_¿#~^|]{1,2}|)"
"""What a wrong encoding makes of one letter: signs, other letters, an HTML entity, or nothing."""


def keep_undamaged(
    going: pl.DataFrame, columns: Mapping[str, str], *, doubted: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The records without damaged names, and PROBLEM of each. Expects `now_first_name` and `now_last_name`."""
    problems = []
    for name in NAMES:
        now = pl.col(f"now_{name}")
        differ = (pl.col(name) != now) & now.str.contains(r"[^\x00-\x7F]")
        some = going.filter(differ.fill_null(False))
        if some.is_empty():
            continue
        pairs = some.select(name, f"now_{name}").iter_rows()
        damaged = some.filter(pl.Series([is_damaged(new, old, doubted=doubted) for new, old in pairs]))
        if damaged.is_empty():
            continue
        column = columns.get(name, columns.get("full_name"))
        problems.append(about_rows(damaged, "letters_damaged", column=column, value=name, masked=True))
        kept = pl.col("row").is_in(damaged["row"].implode())
        going = going.with_columns(pl.when(~kept).then(name).alias(name))
    return going, pl.concat(problems) if problems else empty(PROBLEM)


def is_damaged(new: str, known: str, *, doubted: bool) -> bool:
    """Whether a name is the known one with nothing but its non-ASCII letters damaged."""
    letters = [letter for letter in known if ord(letter) > 127]
    shape = "".join(_GONE if ord(letter) > 127 else re.escape(letter) for letter in known)
    found = re.fullmatch(shape, new, re.IGNORECASE)
    if found is None:
        return False
    pairs = [
        (was, now)
        for was, now in zip(letters, found.groups(), strict=True)
        if was.casefold() != now.casefold()
    ]
    return bool(pairs) and all(doubted or len(now) != 1 or not now.isalpha() for _, now in pairs)
