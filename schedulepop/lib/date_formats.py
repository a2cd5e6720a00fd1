"""The date formats a mapping can declare: as codes (`%m/%d/%Y`) or as people write them (`MM/DD/YYYY`).

Where the month is a name, the signs between the parts do not count: `27-FEB-2019` and `27 February 2019` are of one
format.
"""

from __future__ import annotations

import re
from datetime import date

DAYS_1900, DAYS_1904 = "days-1900", "days-1904"
DAY_NUMBERS: dict[str, date] = {DAYS_1900: date(1899, 12, 30), DAYS_1904: date(1904, 1, 1)}
"""How spreadsheets store days: numbers counted from here, by Windows and by old Macs."""

_ORDERS = (("%m", "%d", "%Y"), ("%d", "%m", "%Y"), ("%Y", "%m", "%d"))
_SHORT = tuple(tuple(part.replace("%Y", "%y") for part in order) for order in _ORDERS)
NUMERIC: tuple[str, ...] = tuple(
    sign.join(order) for orders in (_ORDERS, _SHORT) for sign in ("/", "-", ".", " ", "") for order in orders
)
NAMED: dict[str, str] = {
    "%d-%b-%Y": "%d %b %Y",
    "%d-%b-%y": "%d %b %y",
    "%b %d, %Y": "%b %d %Y",
    "%b %d, %y": "%b %d %y",
    "%Y-%b-%d": "%Y %b %d",
}
"""Formats with the month's name → the same with blanks between the parts, as values are prepared."""
FORMATS: tuple[str, ...] = (*NUMERIC, *NAMED, *DAY_NUMBERS)
_BY_NAMED = {spaced: declared for declared, spaced in NAMED.items()}
_LETTERS = (("YYYY", "%Y"), ("YY", "%y"), ("MON", "%b"), ("MMM", "%b"), ("MM", "%m"), ("DD", "%d"))


def known_format(written: str) -> str:
    """The format of FORMATS that is meant; ValueError names what can be declared."""
    declared = written.strip()
    if "%" not in declared and declared.lower() not in DAY_NUMBERS:
        declared = declared.upper()
        for letters, code in _LETTERS:
            declared = declared.replace(letters, code)
    declared = declared.lower() if declared.lower() in DAY_NUMBERS else declared
    if "%b" in declared:
        declared = _BY_NAMED.get(" ".join(re.split(r"[\s,./-]+", declared)), declared)
    if declared not in FORMATS:
        raise ValueError(
            f"{written} is no date format that can be declared. Write the parts YYYY or YY, MM or MON, and DD in the "
            f"order and with the signs of the file, such as MM/DD/YYYY, DD-MON-YY or MMDDYYYY; or {DAYS_1900}."
        )
    return declared


def shape_of(declared: str) -> str:
    """The regular expression of a format's very shape; a month's name is three letters."""
    glued = "%" in declared and re.fullmatch(r"(?:%[a-zA-Z])+", declared) is not None
    shape = re.escape(declared).replace("%Y", r"\d{4}").replace("%y", r"\d{2}").replace("%b", "[A-Za-z]{3}")
    return shape.replace("%m", r"\d{2}" if glued else r"\d{1,2}").replace(
        "%d", r"\d{2}" if glued else r"\d{1,2}"
    )
