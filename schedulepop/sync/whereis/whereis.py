"""Where is my person? One sentence the asker may read, one next step, and whom to ask where they cannot take it.

The door for the web, the command line and "Add user": it looks through users of every status at every
location, links, the last plans (held, rejected, waiting), the last feeds, and the welcome letters (SPEC §1.5).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.timezone import now as clock

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.accounts.support import Contact, contact
from schedulepop.directory import access
from schedulepop.directory.models import Location
from schedulepop.sync.errors import NotAllowed
from schedulepop.sync.whereis import gather
from schedulepop.sync.whereis.answer import Found, answer_about, answer_none
from schedulepop.sync.whereis.facts import Freshness, PersonFacts, Reader
from schedulepop.sync.whereis.notes import note_of
from schedulepop.sync.whereis.outcomes import OUTCOMES, PRECEDENCE, SAID_TO_WHO_CAN, may_take
from schedulepop.sync.whereis.query import Query, parse
from schedulepop.sync.whereis.score import SURE
from schedulepop.sync.whereis.timeline import Stage, timeline
from schedulepop.wording import whereis as wording
from schedulepop.wording.values import file_of

MOST = 8  # further people named beside the answer
WHOSE = {
    "payroll": "HR",
    "admin": "HR",
    "manager": "A manager",
    "client_success": "Client Success",
    "nobody": "Nobody",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one reader is told of one person, or of nobody."""

    found: Found
    yours: bool  # whether the reader can take the step
    contact: Contact
    note: str = ""  # how payroll writes the number asked; that a newer feed is on hold

    @property
    def code(self) -> str:
        """The outcome."""
        return self.found.outcome.code

    @property
    def person(self) -> str:
        """The person's name, empty where the reader may not learn it."""
        return "" if self.found.hidden or self.found.facts is None else wording.who(self.found.params)

    @property
    def user_id(self) -> int | None:
        """The user the reader may open, if any."""
        return None if self.found.hidden or self.found.facts is None else self.found.facts.user_id

    @property
    def about(self) -> str:
        """Duty and number, for the line below the name."""
        of = self.found.place or self.found.record
        return of.about if of is not None and not self.found.hidden else ""

    @property
    def step(self) -> str:
        """The next step; where the reader cannot take it, whose it is and whom to ask."""
        step = self.found.step
        if self.yours:
            return step
        whose = WHOSE[self.found.outcome.whose]
        theirs = self.found.record is not None or self.code in SAID_TO_WHO_CAN
        if theirs and not step.startswith(whose):
            step = f"{whose} can do this: {step[:1].lower()}{step[1:]}"
        return f"{step} {self.contact.sentence}"

    @property
    def text(self) -> str:
        """The sentence, what is on hold beside it, and the step."""
        return " ".join(filter(None, (self.found.sentence, self.note, self.step)))

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "outcome": self.code,
            "person": self.person or None,
            "sentence": self.found.sentence,
            "note": self.note or None,
            "next_step": self.step,
            "who_can": self.found.outcome.whose,
            "you_can": self.yours,
            "contact": None if self.yours else self.contact.sentence,
        }


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer, and who else fits what was asked."""

    query: Query
    answer: Answer
    others: tuple[Answer, ...]
    freshness: Freshness
    stages: tuple[Stage, ...]
    known: bool  # whether anybody fits

    def as_json(self) -> dict[str, Any]:
        """`whereis --json`."""
        at = self.freshness.source_time
        return {
            "asked": self.query.text,
            **self.answer.as_json(),
            "payroll_file_of": at.isoformat() if at else None,
            "also": [one.as_json() for one in self.others],
        }


def ask(
    organization: Organization,
    typed: str,
    *,
    actor: Actor,
    here: Location | None = None,
    now: datetime | None = None,
) -> Reply:
    """Where the person is whom this text names, as far as the actor may know. `here`: the list they miss them on.

    Raises NotAllowed for who looks after nobody.
    """
    at = now or clock()
    reader = reader_of(actor, organization, here)
    query = parse(typed)
    gathered, freshness = gather.gather(organization, query, at)
    zone = ZoneInfo(here.timezone if here else organization.timezone)
    today = at.astimezone(zone)
    of = file_of(freshness.source_time, today)
    freshness = replace(freshness, newer=file_of(freshness.newer_time, today))
    told = [answer_about(facts, query, reader, freshness, of, today.date()) for facts in gathered]
    found = _once([one for one in told if one is not None])
    known = bool(found)
    found = found or [answer_none(query, freshness, reader, of)]
    whom = contact(organization)
    answers = [
        Answer(one, may_take(one.outcome, reader.role), whom, note_of(one, query, freshness)) for one in found
    ]
    return Reply(
        query, answers[0], tuple(answers[1 : MOST + 1]), freshness, timeline(found[0], freshness), known
    )


def lookalike(
    organization: Organization, typed: list[str], *, actor: Actor, here: Location, now: datetime | None = None
) -> Answer | None:
    """Who is or will be on a list already under one of these names, emails or numbers; None: nobody is.

    For "Add user": whoever waits or is held counts, and whoever left, too, since a rehire revives them.
    """
    for text in filter(None, typed):
        reply = ask(organization, text, actor=actor, here=here, now=now)
        sure = (reply.answer, *reply.others)
        for one in sure:
            if reply.known and (one.found.hidden or (one.found.facts and one.found.facts.similarity >= SURE)):
                return one
    return None


def reader_of(actor: Actor, organization: Organization, here: Location | None) -> Reader:
    """What the actor looks after, as the rules want it."""
    managed = {one.pk: one.name for one in access.managed_locations(actor, organization)}
    if actor.is_admin(organization):
        role = "admin"
    elif actor.is_client_success(organization):
        role = "client_success"
    elif managed:
        role = "manager"
    else:
        raise NotAllowed("Only managers, admins and Client Success can ask where somebody is.")
    only = here.name if here else next(iter(managed.values())) if len(managed) == 1 else organization.name
    return Reader(role, frozenset(managed), here.pk if here else None, only, organization.name)


def _once(found: list[Found]) -> list[Found]:
    """What needs somebody first; several people the reader may not see are one sentence, and none beside a record
    that waits for an answer about one of them."""
    order = sorted(found, key=lambda one: (-_closeness(one.facts), PRECEDENCE[one.outcome.code]))
    said: set[str] = set()
    kept = []
    for one in order:
        if one.hidden and (one.sentence in said or {"found_elsewhere", "query"} & said):
            continue
        said |= {one.sentence, one.outcome.code}
        kept.append(one)
    return kept


def _closeness(facts: PersonFacts | None) -> int:
    """Alike in steps, so that of two who fit about equally the one who waits comes first."""
    return 0 if facts is None else round(facts.similarity / 10)


assert set(OUTCOMES) == set(PRECEDENCE)  # noqa: S101 (one list)
