"""Takes off what people put around a value so that a spreadsheet leaves it alone: `="00123"` and `'00123`.

An apostrophe goes where a figure or an address follows it, where every value of the column has one, and where the
row is full of them; the one of a name ('t Hooft) stays.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from functools import reduce

import polars as pl

from schedulepop.sync.plan.read.encoding import Text

_FORMULA = re.compile(rb'(?m)(^|[,;\t|])[ ]*=[ ]*("(?:[^"\r\n]|"")*")[ ]*(?=[,;\t|\r\n]|\Z)')
_CELL = r"^=\s*[\"“”](.*)[\"“”]$"
_MARKS = ("'", "‘", "’")
_APOSTROPHE = "['‘’]"
_MARKED = rf"^{_APOSTROPHE}"
_WRAPPED = rf"^{_APOSTROPHE}(.*?){_APOSTROPHE}?$"
_ARTICLE = rf"^{_APOSTROPHE}[a-z]{{1,2}}\b"
_FIGURE = rf"^{_APOSTROPHE}(?:$|[^\s]*[\d@]|[-+($]?\s?\d)"
_FULL_ROW = 3
_VALUES = pl.exclude("row")


def without_formulas(decoded: Text) -> Text:
    """`="00123"` as `"00123"`, before the values are told apart: a separator inside is no separator."""
    if b"=" not in decoded.data:
        return decoded
    return Text(
        _FORMULA.sub(rb"\1\2", decoded.data), decoded.encoding, decoded.cut, decoded.ascii, decoded.doubted
    )


def bare_title(title: str) -> str:
    """A header's name without such signs."""
    formula = re.match(_CELL, title)
    return (formula[1].replace('""', '"') if formula else re.sub(_MARKED, "", title)).strip()


def unprotect(frame: pl.DataFrame, decoded: Text) -> pl.DataFrame:
    """The values of a table, trimmed, without them; `decoded` is the file, whose bytes say whether there can be any."""
    formulas = _starting(frame, ("=",)) if b"=" in decoded.data else []
    can_be = b"'" in decoded.data or any(mark.encode() in decoded.rare for mark in _MARKS)
    marked = _starting(frame, _MARKS) if can_be else []
    if not formulas and not marked:
        return frame
    several = frame.height > 1 or len({*formulas, *marked}) > 1
    marks = pl.sum_horizontal(pl.col(marked).str.contains(_MARKED).fill_null(False)) if marked else pl.lit(0)
    return frame.with_columns(
        _bare(column, several=several, full_row=marks >= _FULL_ROW) for column in {*formulas, *marked}
    )


def _bare(column: str, *, several: bool, full_row: pl.Expr) -> pl.Expr:
    value = pl.col(column)
    formula = value.str.contains(_CELL).fill_null(False)
    mark = value.str.contains(_MARKED).fill_null(False)
    every = (formula | mark | value.is_null()).all() & several
    off = mark & ~value.str.contains(_ARTICLE) & (value.str.contains(_FIGURE) | every | full_row)
    bare = (
        pl.when(formula)
        .then(value.str.extract(_CELL).str.replace_all('""', '"', literal=True))
        .when(off)
        .then(value.str.extract(_WRAPPED))
        .otherwise(value)
        .str.strip_chars()
    )
    return pl.when(bare != "").then(bare).alias(column)


def _starting(frame: pl.DataFrame, signs: Sequence[str]) -> list[str]:
    """The columns that have a value starting with one of the signs."""
    starts = reduce(operator.or_, (_VALUES.str.starts_with(sign) for sign in signs))
    found = frame.select(starts.any())
    return [column for column in found.columns if found[column][0]]
