"""The outbox: queued inside a transaction, sent after it, at most once.

A row is marked `sending` and committed before its email is handed over, and stays locked until the answer is
stored. So a row that is `sending` but not locked belongs to a process that died in between: nobody knows
whether the mail went out, it becomes `unknown`, and only a person sends it again. What surely did not go out
(no connection, a temporary refusal) is tried again by itself.
"""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from schedulepop.accounts import access, audit, invitations
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Invitation, User
from schedulepop.messages import letters
from schedulepop.messages.models import Message
from schedulepop.messages.recipients import is_shared, is_unproven

State = Message.State
ATTEMPTS = 8
DIED_AFTER = timedelta(minutes=1)  # a row just marked may not be locked yet
AGAIN_LIMIT = 5  # messages of one kind per person and day, when people ask for more
AGAIN_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class Sent:
    """What one drain did. `retried` are queued again, for later."""

    accepted: int = 0
    failed: int = 0
    unknown: int = 0
    retried: int = 0


class TooManyError(Exception):
    """This person got enough messages of this kind today; the text says until when to wait."""


def queue(
    user: User,
    kind: str,
    *,
    generation: int = 1,
    context: Mapping[str, Any] | None = None,
    run_id: int | None = None,
    not_before: datetime | None = None,
) -> bool:
    """Make a message due, in the caller's transaction; False if this one was queued before, ever.

    Someone without an email keeps it waiting until payroll gives one.
    """
    if kind not in letters.KINDS:
        raise ValueError(f"There is no message {kind!r}.")
    message = Message(
        organization_id=user.organization_id,
        user=user,
        kind=kind,
        generation=generation,
        context=dict(context or {}),
        run_id=run_id,
        not_before=not_before,
    )
    before = Message.objects.filter(user=user, kind=kind, generation=generation).exists()
    if not before:
        Message.objects.bulk_create([message], ignore_conflicts=True)
    return not before


def queue_welcome(user: User, *, run_id: int | None = None, not_before: datetime | None = None) -> bool:
    """The welcome email of somebody new; once per person, whoever calls how often."""
    return queue(user, "welcome", run_id=run_id, not_before=not_before)


def queue_next(
    user: User, kind: str, *, context: Mapping[str, Any] | None = None, run_id: int | None = None
) -> bool:
    """One more message of a kind, as its next generation."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
        last = Message.objects.filter(user=user, kind=kind).aggregate(last=Max("generation"))["last"] or 0
        return queue(user, kind, generation=last + 1, context=context, run_id=run_id)


def send_again(message: Message, actor: Actor, *, now: datetime | None = None) -> bool:
    """What `unknown`, `failed` or lost mail needs: the next generation, with a new link; the old link dies.

    The caller has checked that this actor may (`directory.actions.send_again`). Raises TooManyError.
    """
    at = now or timezone.now()
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).filter(pk=message.user_id).first()
        refuse_many(message.user, message.kind, at)
        done = queue_next(message.user, message.kind, context=message.context)
        changes = [audit.change("message", message.state, "queued")]
        audit.record(
            actor,
            message.organization,
            "sent_again",
            ("message", message.pk),
            user=message.user,
            changes=changes,
        )
    return done


def waiting(now: datetime) -> QuerySet[Message]:
    """What can go out now, oldest first. Relies on the partial index message_waiting."""
    due = Q(not_before=None) | Q(not_before__lte=now)
    reachable = Q(kind="moved_address") | ~Q(user__email="")
    return Message.objects.filter(due, reachable, state=State.QUEUED).order_by("id")


def drain(limit: int = 200, now: datetime | None = None) -> Sent:
    """Send what is due. To be called outside a transaction; any number of processes may do so at once."""
    at = now or timezone.now()
    counts = dict.fromkeys(State.values, 0)
    counts[State.UNKNOWN] = _give_up_dead(at)
    connection = get_connection()
    try:
        for _ in range(limit):
            begun = _begin(at)
            if begun is None:
                break
            counts[_finish(*begun, connection, at)] += 1
    finally:
        _close(connection)
    return Sent(counts[State.ACCEPTED], counts[State.FAILED], counts[State.UNKNOWN], counts[State.QUEUED])


def _give_up_dead(now: datetime) -> int:
    with transaction.atomic(durable=True):
        dead = Message.objects.select_for_update(skip_locked=True).filter(
            state=State.SENDING, sending_at__lt=now - DIED_AFTER
        )
        ids = [message.pk for message in dead]
        said = "It is not known whether this was delivered: sending was interrupted."
        return Message.objects.filter(pk__in=ids).update(state=State.UNKNOWN, error=said)


def _begin(now: datetime) -> tuple[int, EmailMultiAlternatives | None] | None:
    """Take the next message and write it, with a fresh link. None: nothing is due; no email: it may not go out."""
    with transaction.atomic(durable=True):
        message = (
            waiting(now)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("user__organization")
            .first()
        )
        if message is None:
            return None
        message.state = State.SENDING
        message.sending_at = timezone.now()
        message.attempts += 1
        message.error = ""
        email = None
        try:
            with transaction.atomic():
                email = _write(message, now)
                email.message()  # everything that can be wrong with it shows here, before anything is sent
        except Exception as error:  # whatever is wrong with one letter must not stop the others
            email = None
            message.error = (
                str(error) if isinstance(error, _NotSentError) else f"Could not be written: {error}"
            )
        message.save(update_fields=["state", "sending_at", "attempts", "address", "error"])
        return message.pk, email


class _NotSentError(Exception):
    """Why a message is not sent at all; the text is shown beside it."""


def _write(message: Message, now: datetime) -> EmailMultiAlternatives:
    user, kind = message.user, letters.KINDS[message.kind]
    if kind.notice:
        return _write_notice(message)
    if message.kind == "moved_address":
        message.address = str(message.context["address"])
    else:
        # A reset link goes to the confirmed address only: payroll, or a manager, may have mistyped the new one.
        confirmed = user.confirmed_email if message.kind == "reset" else ""
        message.address = confirmed or user.email
    purpose = kind.link
    if not purpose:
        return letters.write(message, address=message.address, link="", until=None)
    if not access.may_sign_in(user):
        raise _NotSentError("Not sent: this person may not sign in any more.")
    if purpose == Invitation.CONFIRM and message.address.lower() == user.confirmed_email.lower():
        raise _NotSentError("Not sent: this address is confirmed already.")
    if message.kind == "welcome" and user.has_usable_password():
        raise _NotSentError("Not sent: the account was set up before.")
    if is_shared(message.address, user):
        return letters.write(message, address=message.address, link="", until=None)
    if purpose == Invitation.RESET and is_unproven(message.address, user):
        message.context |= {"unconfirmed": True}
        return letters.write(message, address=message.address, link="", until=None)
    if purpose == Invitation.RESET and not user.has_usable_password():
        purpose = Invitation.SET_UP
    token = invitations.create(user, purpose, now, address=message.address)
    until = invitations.expiry(now)
    link = invitations.link(token, purpose)
    return letters.write(message, address=message.address, link=link, until=until)


def _write_notice(message: Message) -> EmailMultiAlternatives:
    """About somebody else's data, so it goes where the reader is known to read: the confirmed address first."""
    if not access.may_sign_in(message.user):
        raise _NotSentError("Not sent: this person may not sign in any more.")
    message.address = message.user.confirmed_email or message.user.email
    return letters.write(message, address=message.address, link=letters.page(message), until=None)


def _finish(
    pk: int, email: EmailMultiAlternatives | None, connection: BaseEmailBackend, now: datetime
) -> str:
    """Hand the email over while the row is locked, and store the answer."""
    with transaction.atomic(durable=True):
        message = Message.objects.select_for_update().get(pk=pk)
        if message.state != State.SENDING:
            return message.state  # given up as dead after a very long pause: then nothing is sent
        if email is None:
            message.state = State.FAILED
        else:
            message.state, message.error = _hand_over(email, connection)
        if message.state == State.QUEUED:
            message.not_before = now + timedelta(minutes=2**message.attempts)
            if message.attempts >= ATTEMPTS:
                message.state = State.FAILED
        if message.state == State.ACCEPTED:
            message.sent_at = timezone.now()
        message.save(update_fields=["state", "error", "not_before", "sent_at"])
        return message.state


def _hand_over(email: EmailMultiAlternatives, connection: BaseEmailBackend) -> tuple[str, str]:
    """(state, error) after one attempt; QUEUED means that it surely did not go out and is worth a retry."""
    try:
        connection.open()
    except Exception as error:  # any backend's way of saying that nobody answers
        _close(connection)
        return State.QUEUED, f"The mail server did not answer: {error}"
    try:
        connection.send_messages([email])
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        return _refused(min(codes, default=500), "The mail server refused the address")
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code, "The mail server refused the message")
    except Exception as error:  # broken off somewhere in between
        _close(connection)
        if not getattr(connection, "begun", True):
            return State.QUEUED, f"The mail server broke off before the message was sent: {error}"
        return State.UNKNOWN, f"It is not known whether this was delivered: {error}"
    return State.ACCEPTED, ""


def _refused(code: int, said: str) -> tuple[str, str]:
    return (State.QUEUED if 400 <= code < 500 else State.FAILED), f"{said} ({code})."


def _close(connection: BaseEmailBackend) -> None:
    with suppress(Exception):  # it is broken already
        connection.close()


def refuse_many(user: User, kind: str, now: datetime) -> None:
    """Raise TooManyError when this person got enough of this kind within a day."""
    recent = Message.objects.filter(user=user, kind=kind, created_at__gt=now - AGAIN_WITHIN)
    if recent.count() >= AGAIN_LIMIT:
        raise TooManyError(
            f"{user.full_name} got {AGAIN_LIMIT} of these emails within a day. Try again tomorrow, "
            "or hand over a printed code."
        )
