"""What a letter is called, and why one did not go out: kind or cause in, words out."""

from __future__ import annotations

from schedulepop.wording.translation import gettext
from schedulepop.wording.translation import gettext_noop as _

KINDS = {
    "welcome": _("Welcome"),
    "welcome_back": _("Welcome back"),
    "set_up": _("New link to set up an account"),
    "reset": _("Link to a new password"),
    "moved_address": _("Notice to the old address"),
    "confirm_address": _("Question to the new address"),
    "second_factor_off": _("Two-step sign-in is off"),
    "overwritten": _("Edits that payroll replaced"),
    "alarm": _("Changes wait for a decision"),
    "digest": _("Open issues"),
    "morning": _("Client Success’s morning"),
    "late": _("The User List is old"),
    "upload_reminder": _("Reminder to upload a file"),
    "question": _("Question about somebody"),
    "source_trouble": _("Trouble with a payroll source"),
}
"""Every kind of letter, as one speaks of it."""
CAUSES = {
    "too_old": _("Not sent: it had waited for so long that it would no longer have helped."),
    "bounced": _("It came back: this address takes no letters."),
    "complained": _("It arrived, and its reader marked it as spam."),
    "came_back": _("Not sent: an earlier letter to this address came back."),
}
"""Cause of a message → what is said of it. Other reasons are the mail server's own words, kept with the message."""
STATES = {
    "queued": _("Waits"),
    "sending": _("Being sent"),
    "accepted": _("Sent"),
    "failed": _("Not sent"),
    "unknown": _("Perhaps sent"),
}
OUTCOMES = {
    "delivered": _("Delivered"),
    "bounced": _("Came back"),
    "complained": _("Marked as spam"),
}
RETURNED = {
    "bounced": _("Letters to {address} have come back since {since}."),
    "complained": _("A letter to {address} was marked as spam on {since}."),
}


def why_not(cause: str, error: str) -> str:
    """Why a letter is not with its reader; "" where nothing is known."""
    return f"{gettext(CAUSES[cause])} {error}".strip() if cause in CAUSES else error


def standing(state: str, outcome: str) -> str:
    """How far a letter is, in a word or two."""
    return gettext(OUTCOMES.get(outcome) or STATES[state])


def returned(outcome: str, address: str, since: str) -> str:
    """What is wrong with somebody's address, and what to do. `since`: a day in words."""
    return gettext(RETURNED[outcome]).format(address=address, since=since)


def title(kind: str) -> str:
    """What a letter of this kind is called."""
    return gettext(KINDS[kind])
