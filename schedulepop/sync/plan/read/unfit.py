"""Values that are not taken: with control, escape or direction characters, or with a character that was lost.

They may be anything, and are shown in pages, letters and terminals. The finding names row and column; the current
value stays (SPEC §5 Read).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from schedulepop.lib.text import UNFIT
from schedulepop.sync.plan.findings import about_rows
from schedulepop.sync.plan.read.encoding import Text

_LOST = {
    **dict.fromkeys(("full_name", "first_name", "last_name"), r"\p{L}\?|\?\p{L}"),
    **dict.fromkeys(("duty", "zone", "status"), r"\p{L}\?\p{L}"),
}
"""Where a question mark stands for a letter that an export could not write (`Szab?`)."""
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1f\x7f]")
_FOREIGN = re.compile(
    rb"\xc2[\x80-\x84\x86-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]|\xef\xb7|\xef\xbf|\xf3\xa0[\x80\x81]"
)


def without_unfit(
    table: pl.DataFrame, decoded: Text, columns: Mapping[str, str], damaged: Mapping[str, pl.DataFrame]
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The table with null for such values in these columns (canonical field → column), and a finding of each.

    `damaged`: column → findings of rows whose characters were lost, told already.
    """
    problems: list[pl.DataFrame] = []
    control = _CONTROL.search(decoded.rare) or _FOREIGN.search(decoded.rare)
    asked = b"?" in decoded.data
    if not (control or asked or damaged):
        return table, problems
    for field, name in columns.items():
        told = table["row"].is_in(damaged[name]["row"].implode()) if name in damaged else _never(table)
        unfit = table[name].str.contains(UNFIT).fill_null(False) & ~told if control else _never(table)
        lost = (
            table[name].str.contains(_LOST[field]).fill_null(False)
            if asked and field in _LOST
            else _never(table)
        )
        if not (told | unfit | lost).any():
            continue
        for rows, reason in ((unfit, "control_characters"), (lost & ~unfit & ~told, "bad_characters")):
            found = table.filter(rows).select("row", pl.lit(name).alias("key"))
            problems.append(about_rows(found, "bad_characters", reason=reason, column=name, key="key"))
        table = table.with_columns(pl.when(~(told | unfit | lost)).then(pl.col(name)).alias(name))
    return table, problems


def _never(table: pl.DataFrame) -> pl.Series:
    return pl.Series([False], dtype=pl.Boolean).extend_constant(False, table.height)[: table.height]
