"""From the facts about a person to what this reader is told: small rules, the first that fits decides.

A manager of location A learns of somebody who is only at location B that they exist elsewhere, and nothing
else (SPEC §1.5, §3): no name but the one they typed, no location, no detail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from schedulepop import employee
from schedulepop.employee import Status
from schedulepop.sync.whereis.facts import Freshness, PersonFacts, Place, Reader, Record
from schedulepop.sync.whereis.outcomes import OUTCOMES, Outcome
from schedulepop.sync.whereis.query import Query
from schedulepop.sync.whereis.score import SURE
from schedulepop.wording import whereis as wording

QUESTIONS = frozenset({"possible_match", "ambiguous", "id_changed"})
IN_DOUBT = frozenset({"several_records", "contradictory_records", "recycled_id"})
TOLD_ENDS = {"undo": "taken_back", "missing": "no_longer_named", "missing_here": "no_longer_named"}
"""Why a place on a list ended, where it was not payroll that said so → outcome."""
UNSENT = frozenset({"failed", "unknown", "queued"})


@dataclass(frozen=True, slots=True)
class Found:
    """One answer about one person, or about nobody; `params` fill the outcome's sentence and step."""

    outcome: Outcome
    params: dict[str, Any]
    facts: PersonFacts | None = None
    place: Place | None = None
    record: Record | None = None
    hidden: bool = False  # the reader may know no more than the sentence says

    @property
    def sentence(self) -> str:
        """The one sentence."""
        return wording.sentence(self.outcome.code, self.params)

    @property
    def step(self) -> str:
        """The one next step."""
        return wording.step(self.outcome.code, self.params)


def _may_be_in_newer(freshness: Freshness, reader: Reader) -> bool:
    if reader.here is not None:
        return freshness.newer_concerns(reader.here)
    places = freshness.doubt.places
    return bool(freshness.feed_held) and (freshness.doubt.everywhere or any(map(reader.sees, places)))


def answer_about(
    facts: PersonFacts, query: Query, reader: Reader, freshness: Freshness, at: str, today: date
) -> Found | None:
    """What the reader is told of this person; None: they may not learn anything."""
    for rule in (_on_this_list, _waiting, _on_another_list, _has_left, _hidden):
        found = rule(facts, query, reader, freshness, at, today)
        if found is not None:
            return found
    return None


def answer_none(query: Query, freshness: Freshness, reader: Reader, at: str) -> Found:
    """The clean answer when nobody fits: why that may be, and what then."""
    said = {"nobody": query.kind, "at": at, "place": reader.place, "text": query.text}
    if not query.whole and not reader.sees_all:
        return Found(OUTCOMES["say_more"], said)
    if not freshness.connected:
        return Found(OUTCOMES["not_connected"], said)
    if not freshness.first_sync_done:
        return Found(OUTCOMES["not_yet"], said)
    if freshness.failed:
        return Found(OUTCOMES["run_failed"], said | {"why": freshness.failed})
    if _may_be_in_newer(freshness, reader):
        why = why_held("", freshness.feed_held, reader)
        return Found(OUTCOMES["nobody_held"], said | {"newer": freshness.newer, "why": why})
    return Found(OUTCOMES["feed_old" if freshness.late else "not_in_feed"], said)


def _on_this_list(
    facts: PersonFacts, query: Query, reader: Reader, freshness: Freshness, at: str, today: date
) -> Found | None:
    """On the list the question is about, or on any the reader looks after."""
    live = [one for one in facts.places if not one.ended and reader.sees(one.location_id)]
    here = [one for one in live if reader.here in (None, one.location_id)]
    if not here or _comes_here_too(facts, reader, here):
        return None
    place = here[0]
    said: dict[str, Any] = {"name": facts.name, "place": place.location, "today": today}
    outcome = "on_list"
    unmapped = _unmapped_part(facts, place)
    if place.blocked:
        outcome = "blocked"
    elif _welcomable(facts, place) and not facts.reachable:
        outcome = "no_email"
    elif _welcomable(facts, place) and facts.letter in UNSENT:
        outcome, said["letter"] = "letter_failed", facts.letter
    elif unmapped:
        outcome = "waits_for_mapping"
        said["kind"], said["code"] = unmapped
    elif facts.missing_since is not None:
        outcome, said["day"] = "missing", facts.missing_since
    elif away := [(one, one.missing_since) for one in here if one.missing_since is not None]:
        outcome, (place, since) = "missing_here", away[0]
        said |= {"place": place.location, "other": _named_at(facts, reader), "day": since}
    elif place.status == Status.UPCOMING:
        outcome = "upcoming"
        said["day"] = place.hire_date
    else:
        said |= {"status": place.status, "ends_on": place.ends_on}
    return Found(OUTCOMES[outcome], said, facts, place, _unmapped_record(facts) if unmapped else None)


def _named_at(facts: PersonFacts, reader: Reader) -> str:
    """Where payroll goes on naming them, as far as the reader may know it."""
    named = [one for one in facts.places if not one.ended and one.missing_since is None]
    seen = [one.location for one in named if reader.sees(one.location_id)]
    return ", ".join(seen) if len(seen) == len(named) else "another location"


def _comes_here_too(facts: PersonFacts, reader: Reader, on: list[Place]) -> bool:
    """Without a place asked for: a record that waits for a further location is what the question is about."""
    return reader.here is None and any(
        one.waits
        and one.location_id not in {place.location_id for place in on}
        and reader.sees(one.location_id)
        for one in facts.records
    )


def _welcomable(facts: PersonFacts, place: Place) -> bool:
    return not facts.set_up and employee.may_sign_in(place.status)


def _unmapped_record(facts: PersonFacts) -> Record | None:
    spoken = (one for one in facts.records if not one.newer)
    return next((one for one in spoken if one.doubt("unmapped_duty", "unmapped_zone")), None)


def _unmapped_part(facts: PersonFacts, place: Place) -> tuple[str, str] | None:
    for record in facts.records:
        doubt = record.doubt("unmapped_duty", "unmapped_zone")
        if doubt and not record.newer and record.location_id in (None, place.location_id):
            return doubt.code.removeprefix("unmapped_"), doubt.value
    return None


def _waiting(
    facts: PersonFacts, query: Query, reader: Reader, freshness: Freshness, at: str, today: date
) -> Found | None:
    """Payroll has the person for a location of the reader's, and the record led to nobody."""
    for record in facts.records:
        if reader.sees(record.location_id) and (record.waits or not freshness.first_sync_done):
            return _of_record(facts, record, reader, freshness, at)
    return None


def _of_record(facts: PersonFacts, record: Record, reader: Reader, freshness: Freshness, at: str) -> Found:
    """Which of the reasons of SPEC §1.5 and §5 stopped this record."""
    place = record.location or reader.place or reader.organization
    said: dict[str, Any] = {
        "name": record.name or facts.name,
        "source_id": record.source_id,
        "place": place,
        "at": at,
        "row": record.row,
        "rule": record.reason,
    }
    reason = record.reason
    if record.newer:
        said["at"] = freshness.newer or at
        if record.discarded_by:
            outcome, said["who"] = "discarded", record.discarded_by
        else:
            outcome, said["why"] = "run_held", why_held("", record.hold, reader)
    elif record.bucket == "rejected":
        outcome, said["why"] = "rejected", _why_rejected(record)
    elif reason == "already_left":
        outcome = "already_left"
    elif record.bucket == "excluded":
        outcome = "excluded_rule"
    elif reason == "found_elsewhere":
        outcome = reason
    elif reason in QUESTIONS:
        outcome = "question"
    elif reason in IN_DOUBT:
        outcome, said["doubt"] = "id_in_doubt", reason
    elif reason == "unmapped_location":
        outcome = "unmapped_location" if record.location_code else "no_location"
        said["code"] = record.location_code
    elif reason == "status_unread":
        outcome = reason
    elif reason in ("unmapped_status", "last_day_unread"):
        doubt = record.doubt(reason)
        outcome, said["code"] = reason, doubt and doubt.value
    elif reason == "name_missing":
        outcome, said["name"] = "no_name", ""
    elif not freshness.first_sync_done:
        outcome = "first_sync"
    elif reason == "undone":
        outcome = "undone"
    elif record.discarded_by:
        outcome, said["who"] = "discarded", record.discarded_by
    else:
        outcome, said["why"] = "held_create", why_held(reason, record.hold, reader)
    return Found(OUTCOMES[outcome], said, facts, None, record)


def why_held(rule: str, reason: str, reader: Reader) -> str:
    """The guard's sentence, which may name people anywhere; for managers one without names."""
    if reader.sees_all:
        return reason
    return wording.held_for_managers(rule)


def _why_rejected(record: Record) -> str:
    doubt = record.doubts[0] if record.doubts else None
    return wording.unreadable(doubt.column, doubt.message) if doubt else wording.unreadable("", "")


def _on_another_list(
    facts: PersonFacts, query: Query, reader: Reader, freshness: Freshness, at: str, today: date
) -> Found | None:
    """On another list the reader looks after, but not on the one the question is about."""
    live = [one for one in facts.places if not one.ended and reader.sees(one.location_id)]
    if not live:
        return None
    other = ", ".join(one.location for one in live)
    said = {"name": facts.name, "other": other, "place": reader.place}
    return Found(OUTCOMES["on_another_list"], said, facts, live[0])


def _has_left(
    facts: PersonFacts, query: Query, reader: Reader, freshness: Freshness, at: str, today: date
) -> Found | None:
    """Was at a location of the reader's."""
    over = [one for one in facts.places if one.ended and reader.sees(one.location_id)]
    if not over:
        return None
    place = next((one for one in over if one.location_id == reader.here), over[0])
    said = {"name": facts.name, "place": place.location, "day": place.ended_on, "today": today}
    return Found(OUTCOMES[_ended_as(place)], said, facts, place)


def _ended_as(place: Place) -> str:
    """An employment that payroll did not end is not said to be over because they left."""
    if place.ended_by in TOLD_ENDS:
        return TOLD_ENDS[place.ended_by]
    return "never_started" if place.status == Status.CANCELED else "left"


def _hidden(
    facts: PersonFacts, query: Query, reader: Reader, freshness: Freshness, at: str, today: date
) -> Found | None:
    """Somebody the reader does not look after: only that they exist, and only to who can name them whole."""
    if not query.whole or facts.similarity < SURE:
        return None
    said = {
        "somebody": query.kind,
        "organization": reader.organization,
        "place": reader.place,
        "at": at,
    }
    if any(not one.ended for one in facts.places):
        return Found(OUTCOMES["elsewhere"], said, hidden=True)
    for record in facts.records:
        if record.location_id is not None:
            return Found(OUTCOMES["elsewhere"], said, hidden=True)
        if not freshness.first_sync_done:
            return Found(OUTCOMES["first_sync"], said, hidden=True)
        if record.bucket == "rejected":
            params = said | {"row": record.row, "why": wording.unplaced()}
            return Found(OUTCOMES["rejected"], params, hidden=True)
        if record.reason == "unmapped_location":
            outcome = "unmapped_location" if record.location_code else "no_location"
            return Found(OUTCOMES[outcome], said, hidden=True)
    return None
