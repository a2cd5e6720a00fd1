"""The copy of a feed that is kept: rewritten without the columns that must never be stored.

Reading the copy gives the same table, row numbers and findings as reading the original did: rows above the
header stay, blank rows stay, and a row that did not fit keeps only what names a person, with the reason in
a column of its own (the rest of it could hold an SSN in any place).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import polars as pl

REASON = "(row could not be read)"
"""Header of the column that carries the reason for rows that did not fit."""


def rewrite(
    frame: pl.DataFrame,
    header: Sequence[str],
    titles: Sequence[Sequence[str]],
    broken: Sequence[tuple[int, Sequence[str], str]],
    first_row: int,
) -> bytes:
    """CSV in UTF-8. `frame` is "row" + one column per name of `header`; `broken` is row, cells, reason."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for title in titles:
        line = [cell.replace("\n", " ") for cell in title]
        out.write("\n") if not any(line) else writer.writerow(line)
    writer.writerow([*header, REASON] if broken else header)
    body = frame
    if broken:
        body = _with_broken(frame, broken)
    last = int(body["row"].max() or 0) if body.height else 0  # type: ignore[arg-type]
    if body.height and last - first_row + 1 != body.height:
        every = pl.DataFrame({"row": pl.Series(range(first_row, last + 1), dtype=pl.UInt32)})
        body = every.join(body, on="row", how="left", maintain_order="left")
    return out.getvalue().encode() + body.drop("row").write_csv(include_header=False).encode()


def _with_broken(frame: pl.DataFrame, broken: Sequence[tuple[int, Sequence[str], str]]) -> pl.DataFrame:
    names = [name for name in frame.columns if name != "row"]
    extra = pl.DataFrame(
        [(row, *cells, reason) for row, cells, reason in broken],
        schema={"row": pl.UInt32, **dict.fromkeys(names, pl.String), REASON: pl.String},
        orient="row",
    )
    return pl.concat([frame.with_columns(pl.lit(None, pl.String).alias(REASON)), extra]).sort("row")
