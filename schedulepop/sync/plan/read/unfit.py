"""Values that are not taken: with control, escape or direction characters, or with a character that was lost.

They may be anything, and are shown in pages, letters and terminals. The finding names row and column; the current
value stays (SPEC §5 Read).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import polars as pl

from schedulepop.lib.text import UNFIT
from schedulepop.sync.plan.findings import about_rows
from schedulepop.sync.plan.read.encoding import Text

_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1f\x7f]")
_FOREIGN = re.compile(
    rb"\xc2[\x80-\x84\x86-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]|\xef\xb7|\xef\xbf|\xf3\xa0[\x80\x81]"
)


def without_unfit(
    table: pl.DataFrame, decoded: Text, columns: Collection[str], damaged: Mapping[str, pl.DataFrame]
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The table with null for such values in these columns, and a finding of each with control characters.

    `damaged`: column → findings of rows whose characters were lost, told already.
    """
    lost = {
        name: damaged[name]["row"].to_list() for name in columns if name in damaged and damaged[name].height
    }
    control = _CONTROL.search(decoded.data) or (not decoded.ascii and _FOREIGN.search(decoded.data))
    if not lost and control is None:
        return table, []
    problems = []
    for name in columns:
        unfit = table[name].str.contains(UNFIT).fill_null(False)
        gone = table["row"].is_in(lost.get(name, []))
        told = table.filter(unfit & ~gone).select("row", pl.lit(name).alias("key"))
        problems.append(
            about_rows(told, "bad_characters", reason="control_characters", column=name, key="key")
        )
        table = table.with_columns(pl.when(~(unfit | gone)).then(pl.col(name)).alias(name))
    return table, problems
