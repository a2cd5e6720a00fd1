"""What speaks for and against two people being one, in a few words."""

from __future__ import annotations

from datetime import date

from schedulepop.wording.spoken import day
from schedulepop.wording.translation import gettext
from schedulepop.wording.translation import gettext_noop as _

WORDS = {
    "swapped": _("first and last name swapped"),
    "name": _("same name"),
    "first_same": _("same first name"),
    "first_short": _("a short form of the same first name"),
    "first_part": _("part of the same first name"),
    "first_alike": _("similar first name"),
    "first_other": _("another first name"),
    "last_same": _("same last name"),
    "last_part": _("part of the same last name"),
    "last_alike": _("similar last name"),
    "last_other": _("another last name"),
    "number": _("same employee number"),
    "email": _("same email"),
    "phone": _("same phone"),
    "hired": _("same hire date"),
    "place": _("same location"),
    "orphan": _("no longer in payroll under the old ID"),
    "left": _("listed in payroll as ended under the old ID"),
    "hire_dates_differ": _("hire dates differ"),
}


def reasons(codes: str | None) -> str:
    """`same email, another last name`, from the plan's codes joined by commas."""
    return ", ".join(map(_reason, codes.split(","))) if codes else ""


def _reason(code: str) -> str:
    name, _colon, last_day = code.partition(":")
    if not last_day:
        return gettext(WORDS[name])
    return gettext("left on {day} under the old ID").format(day=day(date.fromisoformat(last_day)))
