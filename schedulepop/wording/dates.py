"""How a column's date format reads, and what speaks for it or against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schedulepop.wording.translation import gettext
from schedulepop.wording.translation import gettext_noop as _

WHY = {
    "declared": _("declared"),
    "by_column": _("proven by the column {column}"),
    "values": _("the values prove themselves"),
    "day_numbers": _("the values are a spreadsheet's day numbers"),
    "epoch": _("the values count seconds since 1970, and the day depends on where one stands"),
    "unknown": _("no known format fits most values"),
    "short_year": _("the year has two digits"),
    "above_12": _("a value has a part above 12"),
    "unproven": _("no value proves whether the day or the month comes first"),
    "contradict": _("the values contradict each other"),
}


def why(code: str, by: str | None) -> str:
    """What speaks for a proposed format, or why there is none; `by`: the column that proves it."""
    return gettext(WHY[code]).format(column=by)


def pattern(declared: str) -> str:
    """A format as people write it: MM/DD/YYYY."""
    words = {"%m": "MM", "%d": "DD", "%Y": "YYYY", "%y": "YY", "%b": "MON"}
    for sign, word in words.items():
        declared = declared.replace(sign, word)
    return declared


def format_unknown(finding: Mapping[str, Any], why: str, by: str | None, format: str | None) -> str:
    """Of a column of dates that is not read yet, with the format that it may have."""
    said = gettext("The column {column} is not read yet: {why}.").format(
        column=finding["column"], why=gettext(WHY[why]).format(column=by)
    )
    if format:
        declare = gettext("Declare its date format: it may be {format}.")
        return f"{said} {declare.format(format=pattern(format))}"
    return said + " " + gettext("Export its days as YYYY-MM-DD.")


def last_day_unread(finding: Mapping[str, Any], format: str | None) -> str:
    """Of a last day that is no date in its column's format."""
    said = gettext(
        "{value} in {column} cannot be read as a last day, so nobody knows whether the person has left."
    )
    said = said.format(value=finding["value"], column=finding["column"])
    if format:
        declare = gettext("Declare the column's date format: it may be {format}.")
        return f"{said} {declare.format(format=pattern(format))}"
    return said + " " + gettext("Correct it in payroll.")
