"""Words every room uses: numbers, lists, values and the names of fields. Pure: what the reader may see comes in."""

from __future__ import annotations

from datetime import date

from schedulepop import employee
from schedulepop.web.templatetags.words import phone, short_day
from schedulepop.wording.spoken import number
from schedulepop.wording.translation import ngettext


def people(n: int) -> str:
    """`nine people`, `one person`."""
    return ngettext("%s person", "%s people", n) % number(n)


def value_words(field: str, raw: str | None, *, sees_pay: bool) -> str:
    """A value of a change as a person reads it; pay only for those who may see it."""
    if raw is None or raw == "":
        return "blank"
    if field in employee.TELLS_PAY and not sees_pay:
        return "hidden"
    kind = employee.BY_NAME[field].kind if field in employee.BY_NAME else employee.Kind.TEXT
    if kind is employee.Kind.STATUS and raw in employee.STATUS_LABELS:
        return employee.Status(raw).label
    if kind is employee.Kind.DATE or field in ("ends_on", "next_pay_on"):
        return _date_words(raw)
    if kind is employee.Kind.PHONE:
        return phone(raw)
    if kind is employee.Kind.MONEY or field == "next_pay_rate":
        return money(raw)
    if kind is employee.Kind.UNIT:
        return raw.replace("_", " ")
    return raw


def _date_words(raw: str) -> str:
    try:
        return short_day(date.fromisoformat(raw))
    except ValueError:
        return raw


def money(raw: str) -> str:
    """A decimal amount as a price: thousands apart, at least cents."""
    units, _, part = raw.partition(".")
    if not units.lstrip("-").isdigit():
        return raw
    return f"${int(units):,}.{part.ljust(2, '0')}"


_SHORT_LABELS = {
    "ends_on": "Leaves on",
    "leave_end": "Back from leave on",
    "status": "Status",
    "next_pay_rate": "Next pay rate",
    "next_pay_on": "Next pay rate from",
    "extra_pay_rate": "Pay rate of an extra duty",
}


def field_label(field: str) -> str:
    """What a field is called on a page."""
    if field in _SHORT_LABELS:
        return _SHORT_LABELS[field]
    known = employee.BY_NAME.get(field)
    return known.label if known else field.replace("_", " ").capitalize()
