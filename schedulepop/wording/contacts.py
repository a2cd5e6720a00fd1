"""What is said of email addresses and phone numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from schedulepop.wording import lists
from schedulepop.wording.translation import gettext
from schedulepop.wording.translation import gettext_noop as _


def _shared(finding: Mapping[str, Any], count: int, rows: list[int], more: int) -> str:
    said = gettext(
        "{count} people have the address {value} (rows {rows}): enter each one's own in payroll; until then they get a "
        "printed code instead of a link."
    )
    named = lists.names([str(row) for row in rows], more)
    return said.format(count=count, value=finding["value"], rows=named)


SENTENCES: dict[str, str | Callable[..., str]] = {
    "email_shared": _shared,
    "email_unreadable": _(
        "{value} is not an email address: correct it in payroll; until then the current one stays."
    ),
    "email_several": _(
        "{value} are several addresses, and nobody knows which is the person's: leave one in payroll; until then the "
        "current one stays."
    ),
    "email_placeholder": _("{value} is no real mailbox: enter the person's own address in payroll."),
    "needs_contact": _("Payroll has no email for this person: enter one there, or hand over a printed code."),
    "no_email_column": _(
        "The file has no email column, so nobody gets a welcome email: add it to the export, or hand out codes."
    ),
    "phone_unreadable": _(
        "{value} is not a complete phone number: correct it in payroll; until then the current one stays."
    ),
}
"""One sentence for each reason, as in `findings`."""
