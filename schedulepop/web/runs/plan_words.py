"""How the parts of a plan are said: numbers, values, a guard's figures, the message to payroll.

Pure: what the reader may see comes in as an argument, and every sentence has a test.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from schedulepop import employee
from schedulepop.web.templatetags.words import NUMBERS, phone, short_day, upper_first


def number(n: int) -> str:
    """Small numbers as people say them."""
    return NUMBERS[n] if 0 <= n < len(NUMBERS) else f"{n:,}"


def counted(n: int, one: str, many: str = "") -> str:
    """`nine removals`, `one removal`, `1,204 removals`."""
    return f"{number(n)} {one if n == 1 else many or one + 's'}"


def people(n: int) -> str:
    """`nine people`, `one person`."""
    return counted(n, "person", "people")


def listing(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def figure(rule: str, value: float) -> str:
    """A guard's figure: a share is told in percent, a count as it is, and a matter of yes or no not at all."""
    if rule in PLAIN_RULES:
        return ""
    if rule in SHARE_RULES:
        return f"{value * 100:.0f}%"
    return f"{value:,.0f}×" if rule in TIMES_RULES else f"{value:,.0f}"


PLAIN_RULES = frozenset({"column_gone", "last_admin", "last_manager"})
"""Rules that have no figure worth showing."""
TIMES_RULES = frozenset({"pay_absurd"})
"""Rules whose figure says how many times more or less."""
SHARE_RULES = frozenset({"column_blank"})
"""Rules whose figure is a fraction of all records rather than a number of people."""


def limit_words(rule: str, limit: float) -> str:
    """What stands below the figure: the smallest whole number that trips the rule."""
    if rule == "resembles_leaver":
        return "new hire"
    if limit <= 0 or rule in PLAIN_RULES or rule == "empty":
        return ""
    if rule in SHARE_RULES:
        return f"limit is {limit * 100:.0f}%"
    return f"limit is {_ceiling(limit):,}"


def _ceiling(limit: float) -> int:
    return int(-(-(limit - 1e-9) // 1))


def hold_title(rule: str, value: float, where: str) -> str:
    """What a guard found, as a heading. `where` is a location's name, empty for the organization."""
    n = int(value)
    at = f" at {where}" if where else ""
    said = {
        "empty": "payroll sent nobody",
        "column_gone": "a column payroll always sent is missing",
        "column_blank": "a column is suddenly empty",
        "rejects": f"{counted(n, 'record')} could not be used",
        "short": f"{people(n)}{at} {'is' if n == 1 else 'are'} not in the file",
        "removals": f"{people(n)}{at} would lose sign-in",
        "creates": f"{people(n)}{at} would join in one night",
        "ids_changed": f"{people(n)} {'seems' if n == 1 else 'seem'} to have new payroll IDs",
        "field_change": f"the same field changes for {people(n)}{at}",
        "removals_week": f"{people(n)}{at} would have lost sign-in within days",
        "last_admin": "the last admin would lose sign-in",
        "last_manager": "a location would lose its last manager",
        "flapping": "somebody leaves and comes back within days",
        "pay_absurd": "somebody’s pay would be many times what it is",
        "resembles_leaver": "a new hire may be somebody who is leaving",
    }
    return upper_first(said.get(rule_kind(rule), f"something{at or ' in payroll’s file'} looks unusual"))


def rule_kind(rule: str) -> str:
    """A guard rule without its scope: `removals_location` and `removals_organization` are one kind."""
    return rule.removesuffix("_location").removesuffix("_organization")


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


def message_to_payroll(
    organization: str, reasons: Collection[str], names: Sequence[str], read_at: str
) -> str:
    """The text an admin sends to whoever runs payroll: what was seen, what to check, without private data."""
    who = f"\n\nThe people concerned: {listing(list(names))}." if names else ""
    seen = "\n".join(f"- {reason}" for reason in reasons)
    when = f" (read {read_at})" if read_at else ""
    return (
        f"Hello,\n\nthe last payroll file of {organization}{when} looks unusual, so SchedulePop has changed "
        f"nothing for the people concerned:\n{seen}{who}\n\nCould you check whether payroll is right about this? "
        "If it is a mistake, correcting it in payroll is enough; tonight’s sync picks it up by itself.\n\nThank you"
    )
