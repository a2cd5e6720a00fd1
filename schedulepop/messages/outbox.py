"""The outbox: queued inside a transaction, sent after it, at most once.

A row is marked `sending` and committed before its email is handed over, and stays locked until the answer is
stored. So a row that is `sending` but not locked belongs to a process that died in between: nobody knows
whether the mail went out, it becomes `unknown`, and only a person sends it again. What surely did not go out
(no connection, a temporary refusal) is tried again by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection as database
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from schedulepop.accounts import audit, invitations
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.messages import given_up, handing_over, letters, outages, returned, stops, writing
from schedulepop.messages.models import Message

State = Message.State
ATTEMPTS = 76  # with pauses that grow to an hour: three days
LONGEST_PAUSE = 60  # minutes
AGAIN_LIMIT = 5  # messages of one kind per person and day, when people ask for more
AGAIN_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class Sent:
    """What one drain did. `retried` are queued again, for later."""

    accepted: int = 0
    failed: int = 0
    unknown: int = 0
    retried: int = 0
    addressees: tuple[int, ...] = field(
        default=(), compare=False
    )  # people whose address was refused, or taken again after it had been


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
    message = _message(user, kind, generation, context or {}, run_id=run_id, not_before=not_before)
    before = Message.objects.filter(user=user, kind=kind, generation=generation).exists()
    if not before:
        Message.objects.bulk_create([message], ignore_conflicts=True)
    return not before


def _message(
    user: User,
    kind: str,
    generation: int,
    context: Mapping[str, Any],
    *,
    run_id: int | None,
    not_before: datetime | None = None,
) -> Message:
    return Message(
        organization_id=context.get("organization", user.organization_id),  # a notice is of whom it is about
        user=user,
        kind=kind,
        generation=generation,
        context=dict(context),
        run_id=run_id,
        not_before=not_before,
    )


def queue_welcome(user: User, *, run_id: int | None = None, not_before: datetime | None = None) -> bool:
    """The welcome email of somebody new; once per person, whoever calls how often."""
    return queue(user, "welcome", run_id=run_id, not_before=not_before)


def queue_next(
    user: User, kind: str, *, context: Mapping[str, Any] | None = None, run_id: int | None = None
) -> bool:
    """One more message of a kind, as its next generation."""
    return queue_each([(user, context or {})], kind, run_id=run_id) == 1


def queue_each(to: Iterable[tuple[User, Mapping[str, Any]]], kind: str, *, run_id: int | None = None) -> int:
    """One more message of a kind to each, with its context, as their next generation; returns how many."""
    if kind not in letters.KINDS:
        raise ValueError(f"There is no message {kind!r}.")
    wanted = list(to)
    if not wanted:
        return 0
    with transaction.atomic():
        turns = _take_turns({user.pk for user, _ in wanted}, kind)
        made = [
            _message(user, kind, next(turns[user.pk]), context, run_id=run_id) for user, context in wanted
        ]
        Message.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _take_turns(people: Collection[int], kind: str) -> dict[int, Iterator[int]]:
    """Person → the numbers of their next messages of the kind; nobody else queues one until the transaction ends."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT person, next_generation(person, %s) FROM unnest(%s::bigint[]) AS person",
            [kind, sorted(people)],
        )
        return {person: count(number) for person, number in cursor.fetchall()}


def send_again(message: Message, actor: Actor, *, now: datetime | None = None) -> bool:
    """What `unknown`, `failed` or lost mail needs: the next generation, with a new link; the old link dies.

    The caller has checked that this actor may (`directory.actions.send_again`). Raises TooManyError.
    """
    at = now or timezone.now()
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).filter(pk=message.user_id).first()
        refuse_many(message.user, message.kind, at)
        context = {**message.context, writing.ANYWAY: True}  # also where an earlier letter came back
        done = queue_next(message.user, message.kind, context=context)
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
    return due(now).exclude(stops.stopped()).order_by("id")


def due(now: datetime) -> QuerySet[Message]:
    """What would go out now if no mail were stopped."""
    in_time = Q(not_before=None) | Q(not_before__lte=now)
    reachable = Q(kind="moved_address") | ~Q(user__email="")
    return Message.objects.filter(in_time, reachable, state=State.QUEUED)


def drain(limit: int = 200, now: datetime | None = None) -> Sent:
    """Send what is due. To be called outside a transaction; any number of processes may do so at once.

    While the mail server is away no letter is taken: all keep their place and their tries.
    """
    at = now or timezone.now()
    counts = dict.fromkeys(State.values, 0)
    counts[State.UNKNOWN] = given_up.dead(at)
    counts[State.FAILED] = given_up.old(at)
    addressees: list[int] = []
    connection = get_connection()
    try:
        for _ in range(limit if waiting(at).exists() else 0):
            begun = _begin(at) if _reach(connection, at) else None
            if begun is None:
                break
            counts[_finish(*begun, connection, at, addressees)] += 1
    finally:
        handing_over.close(connection)
    return Sent(
        counts[State.ACCEPTED],
        counts[State.FAILED],
        counts[State.UNKNOWN],
        counts[State.QUEUED],
        tuple(addressees),
    )


def _reach(connection: BaseEmailBackend, now: datetime) -> bool:
    """Whether the mail server answers; nothing is asked where it did not a moment ago."""
    if outages.just_tried(now):
        return False
    try:
        connection.open()
    except Exception as error:  # any backend's way of saying that nobody answers
        handing_over.close(connection)
        outages.note(error, now)
        return False
    outages.end(now)
    return True


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
                email = writing.write(message, now)
                email.message()  # everything that can be wrong with it shows here, before anything is sent
        except writing.NotSentError as error:
            email, message.error, message.cause = None, str(error), error.cause
        except Exception as error:  # whatever is wrong with one letter must not stop the others
            email, message.error = None, f"Could not be written: {error}"
        message.save(update_fields=["state", "sending_at", "attempts", "address", "error", "cause"])
        return message.pk, email


def _finish(
    pk: int,
    email: EmailMultiAlternatives | None,
    connection: BaseEmailBackend,
    now: datetime,
    addressees: list[int],
) -> str:
    """Hand it over while the row is locked, and store the answer. `addressees` gets whose address it tells of."""
    with transaction.atomic(durable=True):
        message = Message.objects.select_for_update().get(pk=pk)
        if message.state != State.SENDING:
            return message.state  # given up as dead after a very long pause: then nothing is sent
        answer = handing_over.Answer(State.FAILED, message.error)
        if email is not None:
            answer = handing_over.hand_over(email, connection)
        message.state, message.error, message.service_id = answer.state, answer.error, answer.service_id
        if message.state == State.QUEUED:
            message.not_before = now + timedelta(minutes=min(2**message.attempts, LONGEST_PAUSE))
            if message.attempts >= ATTEMPTS:
                message.state = State.FAILED
        if message.state == State.FAILED:
            invitations.revoke_sent(message.user_id, message.address, now)
        elif message.state == State.ACCEPTED:
            message.sent_at = timezone.now()
        message.save(update_fields=["state", "error", "not_before", "sent_at", "service_id"])
        if answer.outcome:
            returned.note(message, answer.outcome, now, error=answer.error)
        if answer.outcome or message.context.get(writing.ANYWAY):
            addressees.append(message.user_id)
        return message.state


def refuse_many(user: User, kind: str, now: datetime) -> None:
    """Raise TooManyError when this person got enough of this kind within a day."""
    if Message.objects.filter(user=user, kind=kind, created_at__gt=now - AGAIN_WITHIN).count() >= AGAIN_LIMIT:
        raise TooManyError(
            f"{user.full_name} got {AGAIN_LIMIT} of these emails within a day. Try again tomorrow, "
            "or hand over a printed code."
        )
