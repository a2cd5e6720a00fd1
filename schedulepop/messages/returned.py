"""Letters that came back: what was told of a letter after it had gone out, and which addresses take none any more.

A letter's outcome only ever rises (delivered, bounced, complained), so it does not matter in which order it is told,
or how often. Whether an address takes letters is read from the letters themselves: it does not when the newest that
anything is known of came back, until a later one arrives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from schedulepop.accounts import invitations
from schedulepop.accounts.models import User
from schedulepop.messages.events import Event
from schedulepop.messages.models import Message

State, Outcome = Message.State, Message.Outcome
CAME_BACK = "came_back"  # the cause of what was not sent, since an earlier letter to the address came back
_RANKS = {Outcome.UNHEARD: 0, Outcome.DELIVERED: 1, Outcome.BOUNCED: 2, Outcome.COMPLAINED: 3}
BACK = (Outcome.BOUNCED, Outcome.COMPLAINED)


@dataclass(frozen=True, slots=True)
class Returned:
    """An address that takes no letters: which, since when, and why (an Outcome)."""

    user_id: int
    address: str
    since: datetime
    outcome: str


def note(message: Message, outcome: str, at: datetime, *, error: str = "") -> bool:
    """What became of a letter that went out; False where as much was known. The row is the caller's, locked."""
    if _RANKS[Outcome(outcome)] <= _RANKS[Outcome(message.outcome)]:
        return False
    if outcome == Outcome.BOUNCED:
        message.state = State.FAILED
        invitations.revoke_sent(message.user_id, message.address, at)
    elif message.state == State.UNKNOWN:
        message.state, message.sent_at = State.ACCEPTED, message.sent_at or at  # it went out after all
    message.outcome, message.outcome_at, message.error = outcome, at, error[:500]
    message.cause = outcome if outcome in BACK else ""
    message.save(update_fields=["state", "outcome", "outcome_at", "error", "cause", "sent_at", "service_id"])
    return True


def of(users: Collection[int]) -> list[Returned]:
    """The addresses of these people that take no letters, whether or not they are still theirs.

    Relies on message_returned and message_once.
    """
    some = Message.objects.filter(user__in=users, outcome__in=BACK).values("user")
    told = Message.objects.filter(user__in=some).exclude(address="").exclude(outcome="", state=State.FAILED)
    letters: dict[tuple[int, str], list[Message]] = defaultdict(list)
    for letter in told.exclude(sending_at=None).order_by("sending_at", "pk"):
        letters[letter.user_id, letter.address.lower()].append(letter)
    found = [_standing(some) for some in letters.values()]
    return [one for one in found if one is not None]


def present(users: Collection[User]) -> dict[int, Returned]:
    """Of these people, whose present address takes no letters: the one payroll gave, else the one they sign in with."""
    theirs = {one.pk: (one.email.lower(), one.confirmed_email.lower()) for one in users}
    found: dict[int, Returned] = {}
    for one in of(list(theirs)):
        mine = theirs[one.user_id]
        if one.address.lower() in mine and (one.user_id not in found or one.address.lower() == mine[0]):
            found[one.user_id] = one
    return found


def came_back(user_id: int, address: str) -> bool:
    """Whether letters to this person at this address come back."""
    return any(one.address.lower() == address.lower() for one in of([user_id]))


def _standing(letters: list[Message]) -> Returned | None:
    """By the newest that anything is known of. What a server refused while it was handed over, it takes again when a
    later letter is accepted at all; what came back afterwards comes back until one is known to have arrived.
    """
    found: Returned | None = None
    at_once = False  # refused while it was handed over
    for letter in letters:
        if letter.outcome in BACK:
            since = found.since if found else letter.outcome_at or letter.created_at
            found = Returned(letter.user_id, letter.address, since, letter.outcome)
            at_once = not letter.service_id
        elif letter.outcome == Outcome.DELIVERED or (at_once and letter.state == State.ACCEPTED):
            found = None
    return found


def hear(event: Event) -> bool:
    """What the service tells of one of its letters, in the caller's transaction; False where it says nothing new.

    Both names have to fit, and the address. A letter of which nobody knew whether it went out has no name of the
    service's yet: that it is told of is the answer. Raises BlockedError.
    """
    letter = of_letter(event.letter)
    if letter is None or event.recipient.lower() != letter.address.lower() or not event.service_id:
        return False
    if letter.state == State.UNKNOWN and not letter.service_id:
        letter.service_id = event.service_id[:255]
    elif letter.service_id != event.service_id[:255]:
        return False
    if event.rejected and letter.outcome == Outcome.UNHEARD and letter.state != State.FAILED:
        letter.state, letter.error = State.FAILED, event.said
        letter.save(update_fields=["state", "error", "service_id"])
        return True
    return bool(event.outcome) and note(letter, event.outcome, event.at, error=event.said)


def of_letter(pk: int) -> Message | None:
    """A letter, locked; None where there is none. Raises BlockedError while it is being handed over."""
    found = Message.objects.filter(pk=pk)
    if not found.exists():
        return None
    locked = found.select_for_update(skip_locked=True, of=("self",)).select_related("user").first()
    if locked is None or locked.state == State.SENDING:
        raise BlockedError
    return locked


class BlockedError(Exception):
    """The letter is being handed over: what became of it is told again in a moment."""
