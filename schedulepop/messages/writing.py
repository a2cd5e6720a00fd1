"""Where a message goes, and whether a link may be in it: decided when it is about to be sent, by what is so then."""

from __future__ import annotations

from datetime import datetime

from django.core.mail import EmailMultiAlternatives

from schedulepop.accounts import access, invitations
from schedulepop.accounts.models import Invitation, User
from schedulepop.messages import letters, returned
from schedulepop.messages.models import Message
from schedulepop.messages.recipients import is_shared, is_unproven

ANYWAY = "anyway"  # in the context of a letter that somebody sends although an earlier one came back


class NotSentError(Exception):
    """Why a message is not sent at all; the text is shown beside it, or what `wording.mail` says of the cause."""

    def __init__(self, said: str = "", *, cause: str = "") -> None:
        super().__init__(said)
        self.cause = cause


def write(message: Message, now: datetime) -> EmailMultiAlternatives:
    """The email of a message, with a fresh link where one may be in it. Raises NotSentError.

    Fills in the address. To be called when it is about to be sent, in the transaction that begins it.
    """
    user, kind = message.user, letters.KINDS[message.kind]
    if kind.notice:
        return _write_notice(message)
    if message.kind == "moved_address":
        message.address = str(message.context["address"])
    else:
        # A reset link goes to the confirmed address only: payroll, or a manager, may have mistyped the new one.
        confirmed = user.confirmed_email if message.kind == "reset" else ""
        message.address = confirmed or user.email
    _refuse_returned(message)
    purpose = kind.link
    if purpose == Invitation.CONSENT and not _can_agree(user, message.address):
        purpose = ""  # told all the same
    if not purpose:
        return letters.write(message, address=message.address, link="", until=None)
    if not access.may_sign_in(user):
        raise NotSentError("Not sent: this person may not sign in any more.")
    if purpose == Invitation.CONFIRM and message.address.lower() == user.confirmed_email.lower():
        raise NotSentError("Not sent: this address is confirmed already.")
    if message.kind == "welcome" and user.has_usable_password():
        raise NotSentError("Not sent: the account was set up before.")
    if is_shared(message.address, user):
        return letters.write(message, address=message.address, link="", until=None)
    if purpose == Invitation.RESET and is_unproven(message.address, user):
        message.context |= {"unconfirmed": True}
        return letters.write(message, address=message.address, link="", until=None)
    if purpose == Invitation.RESET and not user.has_usable_password():
        purpose = Invitation.SET_UP
    agrees_to = user.email if purpose == Invitation.CONSENT else ""
    token = invitations.create(user, purpose, now, address=message.address, agrees_to=agrees_to)
    link, until = invitations.link(token, purpose), invitations.expiry(now)
    return letters.write(message, address=message.address, link=link, until=until)


def _refuse_returned(message: Message) -> None:
    """Nothing goes to an address from which letters come back, unless somebody says so of this one."""
    if not message.context.get(ANYWAY) and returned.came_back(message.user_id, message.address):
        raise NotSentError(cause=returned.CAME_BACK)


def _can_agree(user: User, address: str) -> bool:
    """Only who reads the confirmed address can agree to another one that is not confirmed yet."""
    confirmed = user.confirmed_email.lower()
    asked = user.email.lower() not in ("", confirmed)
    return asked and address.lower() == confirmed and access.may_sign_in(user)


def _write_notice(message: Message) -> EmailMultiAlternatives:
    """About somebody else's data, so it goes where the reader is known to read: the confirmed address first."""
    if not access.may_sign_in(message.user):
        raise NotSentError("Not sent: this person may not sign in any more.")
    message.address = message.user.confirmed_email or message.user.email
    _refuse_returned(message)
    return letters.write(message, address=message.address, link=letters.page(message), until=None)
