"""A column that is probably the payroll ID, by its values: proposed where none is known by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from schedulepop.lib import text
from schedulepop.sync.plan.frames.feed import LikelyId

_ID = r"^(?:[A-Za-z]{0,6}[-_ ]?\d[\dA-Za-z-]*)$"
_SSN = r"^\d{3}[- ]?\d{2}[- ]?\d{4}$"
_PHONE = r"^\+?[\d(][\d ().-]{8,}\d$"
_DATE = r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}$"
_JOB = frozenset({"position", "assignment", "job", "contract", "appointment", "role"})
_OTHER = frozenset(
    {"phone", "mobile", "cell", "tel", "email", "mail", "date", "badge", "zip", "postal", "row", "line"}
)


def likely_id(table: pl.DataFrame, names: Iterable[str]) -> LikelyId | None:
    """Of these columns the one whose values are IDs of one person each: filled, different, and nothing else.

    Never an address, a phone, a date, a row number or a Social Security number. Proposed only, never taken.
    """
    found = (_as_id(table[name], name) for name in names)
    return min((one for one in found if one is not None), key=lambda one: one.per_job, default=None)


def _as_id(values: pl.Series, name: str) -> LikelyId | None:
    said = set(re.split(r"[^a-z0-9]+", text.fold_header(name)))
    if values.len() < 3 or values.null_count() or values.n_unique() < values.len() or said & _OTHER:
        return None
    ids = values.str.contains(_ID).all()
    foreign = any(values.str.contains(shape).any() for shape in (_SSN, _PHONE, _DATE))
    numbers = values.cast(pl.Int64, strict=False)
    counted = (
        numbers.null_count() == 0
        and bool((numbers.diff().drop_nulls() == 1).all())
        and (numbers[0] or 0) <= 2
    )
    return LikelyId(name, bool(said & _JOB)) if ids and not foreign and not counted else None
