"""Numbers as people type them: `3798`, `#3798`, `37-98` and `3798.0` for what payroll writes `EMP-003798`.

Only for looking somebody up. Where a sync matches, an ID is exactly what payroll writes.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 40
_BETWEEN = "[^0-9a-z]*"
_DECIMALS = re.compile(r"[.,]0+$")
_PARTS = re.compile(r"([a-z]*)0*([0-9][0-9a-z]*)")


def loose_pattern(typed: str) -> str | None:
    """A regular expression (Python's, PostgreSQL's and Rust's) for lower case that fits a whole number or ID which is
    the typed one but for leading zeros, signs and blanks, decimals of a spreadsheet, and prefix letters left out.

    None: this is no number.
    """
    plain = _DECIMALS.sub("", unicodedata.normalize("NFKC", typed).casefold().strip())
    found = _PARTS.fullmatch(re.sub(_BETWEEN, "", plain))
    if found is None or len(typed) > LONGEST:
        return None
    letters, number = found.groups()
    prefix = _spread(letters) if letters else f"([a-z]{_BETWEEN})*"
    return f"^{_BETWEEN}{prefix}(0{_BETWEEN})*{_spread(number)}([.,]0+)?{_BETWEEN}$"


def _spread(signs: str) -> str:
    """These letters and digits, with anything else between them."""
    return "".join(f"{sign}{_BETWEEN}" for sign in signs)


def fits(pattern: str, value: str) -> bool:
    """Whether a number or ID of payroll's fits."""
    return re.fullmatch(pattern, value.casefold()) is not None
