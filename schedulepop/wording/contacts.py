"""What is said of email addresses and phone numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from schedulepop.wording import lists
from schedulepop.wording.hold_text import HoldText
from schedulepop.wording.translation import gettext
from schedulepop.wording.translation import gettext_noop as _


def _shared(finding: Mapping[str, Any], count: int, rows: list[int], more: int) -> str:
    said = gettext(
        "{count} people have the address {value} (rows {rows}): enter each one's own in payroll; until then they get a "
        "printed code instead of a link."
    )
    named = lists.names([str(row) for row in rows], more)
    return said.format(count=count, value=finding["value"], rows=named)


def _returned(said: str) -> Callable[..., str]:
    return lambda finding, name, address, since: gettext(said).format(name=name, address=address, since=since)


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
    "email_bounced": _returned(_("Letters to {name} at {address} have come back since {since}.")),
    "email_complained": _returned(
        _("{name} marked a letter to {address} as spam on {since}, so no further ones are sent.")
    ),
    "phone_unreadable": _(
        "{value} is not a complete phone number: correct it in payroll; until then the current one stays."
    ),
}
"""One sentence for each reason, as in `findings`."""


_CONTACT = {"email": _("The email"), "phone": _("The phone")}


def contact_moved(
    name: str | None, source_id: str, fields: list[str], other: str | None, gains: bool
) -> HoldText:
    """Why the guard holds an email or a phone alone: it was another person's."""
    said = (
        gettext("{what} of {name} would become that of {other}, who is in the same file.")
        if gains
        else gettext("{what} of {name} changes while {other} would get the old one.")
    ).format(
        what=gettext("Email and phone") if len(fields) > 1 else gettext(_CONTACT[fields[0]]),
        name=name or gettext("payroll ID {source_id}").format(source_id=source_id),
        other=other or gettext("somebody else"),
    )
    step = gettext(
        "A column may have slipped by a row. Only this waits, with nobody’s link sent to it; everything else of them "
        "goes through. If it is right, approve; if not, correct it in payroll."
    )
    return HoldText(said, step)
