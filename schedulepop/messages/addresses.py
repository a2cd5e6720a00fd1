"""What happens around a person's email address: it moved, or its owner forgot the password."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Lower

from schedulepop.accounts import access, invitations, sealing, sign_in
from schedulepop.accounts.models import Organization, PasswordRequest, User
from schedulepop.lib.text import clean
from schedulepop.messages import outbox
from schedulepop.messages.models import Message

ANSWERED_WITHIN = timedelta(hours=1)


def moved(user: User, old: str, now: datetime) -> None:
    """After `user.email` changed from `old`, in the transaction that changed it (SPEC §6, email changed).

    Open links die. Who has not set the account up yet gets a new one at the new address; else the confirmed
    address keeps working for sign-in and reset, and is told, and the new one is asked to confirm.
    """
    invitations.revoke([user.pk], now)
    if user.has_usable_password():
        told = user.confirmed_email or old
        if told and told.lower() != user.email.lower():
            outbox.queue_next(user, "moved_address", context={"address": told})
        ask_to_confirm(user)
        return
    welcomes = Message.objects.filter(user=user, kind="welcome")
    if welcomes.exists() and not welcomes.filter(state=Message.State.QUEUED).exists():
        outbox.queue_next(user, "welcome")


def ask_to_confirm(user: User) -> bool:
    """A confirming link to the present address, unless that is confirmed, on its way, or there is none."""
    confirmed = user.email.lower() == user.confirmed_email.lower()
    waiting = Message.objects.filter(user=user, kind="confirm_address", state=Message.State.QUEUED)
    if not user.email or confirmed or waiting.exists() or not access.may_sign_in(user):
        return False
    return outbox.queue_next(user, "confirm_address")


def confirm_again(user: User, now: datetime) -> bool:
    """The same, asked for by the person: raises TooManyError after a few a day."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
        outbox.refuse_many(user, "confirm_address", now)
        return ask_to_confirm(user)


def ask_for_link(login: str) -> None:
    """ "I forgot my password": written down for the worker, so that everybody's answer takes the same time."""
    PasswordRequest.objects.create(login=sealing.seal(login, "password request"))


def answer(now: datetime) -> int:
    """Queue the links that were asked for; returns how many asked. Any number of workers may do so at once.

    What waited longer than an hour, such as in a backup, is dropped: its asker has asked again, or found it.
    """
    answered = 0
    while True:
        with transaction.atomic():
            request = PasswordRequest.objects.select_for_update(skip_locked=True).order_by("pk").first()
            if request is None:
                return answered
            request.delete()
            if request.at > now - ANSWERED_WITHIN:
                with suppress(sealing.NotReadableError):  # asked with a key that is over
                    forgot(sealing.unseal(request.login, "password request"), now)
        answered += 1


def forgot(login: str, now: datetime) -> None:
    """Queue a link, if there is somebody to send it to. Not in the request: it takes longer for who exists.

    Who never had a password gets a set-up link again, at the address payroll gave.
    """
    user = sign_in.find(login) or _not_set_up(login)
    if user is None or not access.may_sign_in(user):
        return
    kind = "reset" if user.has_usable_password() else "set_up"
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
        try:
            outbox.refuse_many(user, kind, now)
        except outbox.TooManyError:
            return
        if not Message.objects.filter(user=user, kind=kind, state=Message.State.QUEUED).exists():
            outbox.queue_next(user, kind)


def _not_set_up(login: str) -> User | None:
    """The one live account without a password yet whose contact address this is.

    Relies on user_by_email, which begins with the organization and holds users with an address only.
    """
    address = clean(login).lower()
    if "@" not in address or "\x00" in address:
        return None
    everywhere = list(Organization.objects.values_list("pk", flat=True))
    given = User.objects.filter(organization__in=everywhere).exclude(email="").annotate(lower=Lower("email"))
    found = list(access.live_users(given.filter(lower=address))[:2])
    return found[0] if len(found) == 1 and not found[0].has_usable_password() else None
