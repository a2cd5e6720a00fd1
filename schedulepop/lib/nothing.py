"""Words that say there is no value: what databases, spreadsheets and people leave in a cell instead of a blank.

A name is never one of them here (there are people called Null), a code that is set up is a code (a zone called 0),
and a date has zeros of its own (`values.dates`).
"""

from __future__ import annotations

import polars as pl

_ERRORS = r"#n/a(?: n/a)?|#(?:ref|value|null|num|calc|spill|getting_data)!?|#name\?|#div/0!"
_SAID = (
    r"n[/.\\]a\.?|none|null|nil|nan|undefined|unknown|unassigned|tb[acd]|blank|empty|no (?:data|value)|"
    r"to be (?:announced|assigned|confirmed|determined|entered)|"
    r"(?:not|none) (?:applicable|assigned|available|entered|given|known|on file|provided|set)"
)
_WORDS = rf"{_ERRORS}|{_SAID}|[(\[<](?:{_SAID}|na)[)\]>]|-+|\?+|\.+|_+"
NOTHING = rf"(?i)^(?:{_WORDS})$"
"""No value in any field, a code such as NA (Nurse Aide) left out."""
LONGEST_NOTHING = 20  # bytes
NOT_ONE = rf"(?i)^(?:{_WORDS}|na|true|false|0+|pending)$"
"""No value where one names somebody or something: an ID, an address, a code."""


def or_null(values: pl.Series, pattern: str = NOTHING) -> pl.Series:
    """The values with null for those that say there is none."""
    nothing = values.str.contains(pattern).fill_null(False)
    if not nothing.any():
        return values
    return pl.select(pl.when(~nothing).then(values)).to_series().rename(values.name)
