"""Why something is on hold, in words: a guard's figure, its limit, its heading, the message to payroll. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from schedulepop.web.shell.words import people
from schedulepop.web.templatetags.words import upper_first
from schedulepop.wording.lists import listing
from schedulepop.wording.spoken import number
from schedulepop.wording.translation import ngettext


def figure(rule: str, value: float) -> str:
    """A guard's figure: a share is told in percent, a count as it is, and a matter of yes or no not at all."""
    if rule in PLAIN_RULES:
        return ""
    if rule in SHARE_RULES:
        return f"{value * 100:.0f}%"
    return f"{value:,.0f}×" if rule in TIMES_RULES else f"{value:,.0f}"


PLAIN_RULES = frozenset({"column_gone", "last_admin", "last_manager", "contact_moved"})
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
    titles = {
        "empty": "payroll sent nobody",
        "column_gone": "a column payroll always sent is missing",
        "column_blank": "a column is suddenly empty",
        "rejects": ngettext("%s record could not be used", "%s records could not be used", n) % number(n),
        "short": ngettext("%s person%s is not in the file", "%s people%s are not in the file", n)
        % (number(n), at),
        "removals": f"{people(n)}{at} would lose sign-in",
        "creates": f"{people(n)}{at} would join in one night",
        "ids_changed": ngettext(
            "%s person seems to have new payroll IDs", "%s people seem to have new payroll IDs", n
        )
        % number(n),
        "field_change": f"the same field changes for {people(n)}{at}",
        "status_words": f"the status says something else for {people(n)}{at}",
        "removals_week": f"{people(n)}{at} would have lost sign-in within days",
        "last_admin": "the last admin would lose sign-in",
        "last_manager": "a location would lose its last manager",
        "flapping": "somebody leaves and comes back within days",
        "pay_absurd": "somebody’s pay would be many times what it is",
        "contact_moved": "an email or phone changes hands",
        "resembles_leaver": "a new hire may be somebody who is leaving",
    }
    return upper_first(titles.get(rule_kind(rule), f"something{at or ' in payroll’s file'} looks unusual"))


def rule_kind(rule: str) -> str:
    """A guard rule without its scope: `removals_location` and `removals_organization` are one kind."""
    return rule.removesuffix("_location").removesuffix("_organization")


def message_to_payroll(
    organization: str, reasons: Collection[str], names: Sequence[str], read_at: str
) -> str:
    """The text an admin sends to whoever runs payroll: what was visible, what to check, without private data."""
    who = f"\n\nThe people concerned: {listing(list(names))}." if names else ""
    findings = "\n".join(f"- {reason}" for reason in reasons)
    when = f" (read {read_at})" if read_at else ""
    return (
        f"Hello,\n\nthe last payroll file of {organization}{when} looks unusual, so SchedulePop has changed "
        f"nothing for the people concerned:\n{findings}{who}\n\nCould you check whether payroll is right about this? "
        "If it is a mistake, correcting it in payroll is enough; tonight’s sync picks it up by itself.\n\nThank you"
    )
