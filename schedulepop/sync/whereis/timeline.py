"""What happened to a person so far, as steps: read, stopped or not, on the list, welcomed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from schedulepop.sync.whereis.answer import Found
from schedulepop.sync.whereis.facts import Freshness, PersonFacts
from schedulepop.wording import whereis as wording

State = Literal["done", "here", "later", "none"]
SENT = {
    "accepted": "Sent",
    "queued": "Due now",
    "sending": "Under way",
    "failed": "Did not go out",
    "unknown": "May not have gone out",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One step: `done`, `here` (waits), `later`, or `none` (not needed, and why)."""

    state: State
    title: str
    detail: str = ""
    at: datetime | None = None


def timeline(found: Found, freshness: Freshness) -> tuple[Stage, ...]:
    """The steps of somebody the reader may see; none for nobody and for people of others."""
    facts = found.facts
    if facts is None or found.hidden:
        return ()
    place = found.params.get("place", "")
    read = Stage("done", "Read from payroll", _row(found), freshness.read_at)
    if not found.outcome.waits:
        came = (read,) if facts.records else ()
        ended = found.place is not None and found.place.ended
        on_list = Stage("done", f"On the list of {found.place.location}" if found.place else "On the list")
        return (*came, on_list, *(() if ended else (_welcome(facts),)))
    return (
        read,
        Stage("here", wording.here(found.outcome.code), found.step),
        Stage("later", f"On the list of {place}"),
        _welcome(facts) if facts.user_id else Stage("later", "Welcome email"),
    )


def _row(found: Found) -> str:
    record = found.record
    return f"Row {record.row} of the file" if record is not None and record.row else ""


def _welcome(facts: PersonFacts) -> Stage:
    if facts.set_up:
        return Stage("none", "Welcome email", "Not needed: the account is set up.")
    if not facts.reachable:
        return Stage("here", "Welcome email", "There is no email address to send it to.")
    if facts.letter in ("accepted",):
        return Stage("done", "Welcome email", "Sent. The account is not set up yet.", facts.letter_at)
    if facts.letter:
        return Stage("here", "Welcome email", f"{SENT[facts.letter]}.", facts.letter_at)
    return Stage("none", "Welcome email", "None was sent: the person was here before.")
