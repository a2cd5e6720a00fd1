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
from schedulepop.sync.plan.guard.feed_rules import DOUBTING
from schedulepop.sync.whereis.facts import Night, Place, Reader, Record, Trace
from schedulepop.sync.whereis.outcomes import OUTCOMES, Outcome
from schedulepop.sync.whereis.query import Asked
from schedulepop.sync.whereis.score import SURE
from schedulepop.wording import whereis as wording

QUESTIONS = frozenset({"possible_match", "ambiguous", "id_changed"})
IN_DOUBT = frozenset({"several_records", "contradictory_records", "recycled_id"})
UNSENT = frozenset({"failed", "unknown", "queued"})


@dataclass(frozen=True, slots=True)
class Found:
    """One answer about one person, or about nobody; `params` fill the outcome's sentence and step."""

    outcome: Outcome
    params: dict[str, Any]
    trace: Trace | None = None
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


def about(trace: Trace, asked: Asked, reader: Reader, night: Night, at: str, today: date) -> Found | None:
    """What the reader is told of this person; None: they may not learn anything."""
    for rule in (_on_this_list, _waiting, _on_another_list, _has_left, _hidden):
        found = rule(trace, asked, reader, night, at, today)
        if found is not None:
            return found
    return None


def nobody(asked: Asked, night: Night, reader: Reader, at: str) -> Found:
    """The clean answer when nobody fits: why that may be, and what then."""
    said = {"nobody": asked.kind, "at": at, "place": reader.place, "text": asked.text}
    if not asked.whole and not reader.sees_all:
        return Found(OUTCOMES["say_more"], said)
    if not night.connected:
        return Found(OUTCOMES["not_connected"], said)
    if not night.first_sync_done:
        return Found(OUTCOMES["not_yet"], said)
    if night.failed:
        return Found(OUTCOMES["run_failed"], said | {"why": night.failed})
    if night.feed_held:
        return Found(OUTCOMES["nobody_held"], said | {"why": why_held("", night.feed_held, reader)})
    return Found(OUTCOMES["feed_old" if night.late else "not_in_feed"], said)


def _on_this_list(
    trace: Trace, asked: Asked, reader: Reader, night: Night, at: str, today: date
) -> Found | None:
    """On the list the question is about, or on any the reader looks after."""
    live = [one for one in trace.places if not one.ended and reader.sees(one.location_id)]
    here = [one for one in live if reader.here in (None, one.location_id)]
    if not here or _comes_here_too(trace, reader, here):
        return None
    place = here[0]
    said: dict[str, Any] = {"name": trace.name, "place": place.location, "today": today}
    outcome = "on_list"
    unmapped = _unmapped_part(trace, place)
    if place.blocked:
        outcome = "blocked"
    elif _welcomable(trace, place) and not trace.reachable:
        outcome = "no_email"
    elif _welcomable(trace, place) and trace.letter in UNSENT:
        outcome, said["letter"] = "letter_failed", trace.letter
    elif unmapped:
        outcome = "waits_for_mapping"
        said["kind"], said["code"] = unmapped
    elif trace.missing_since is not None:
        outcome, said["day"] = "missing", trace.missing_since
    elif away := [(one, one.missing_since) for one in here if one.missing_since is not None]:
        outcome, (place, since) = "missing_here", away[0]
        said |= {"place": place.location, "other": _named_at(trace, reader), "day": since}
    elif place.status == Status.UPCOMING:
        outcome = "upcoming"
        said["day"] = place.hire_date
    else:
        said |= {"status": place.status, "ends_on": place.ends_on}
    return Found(OUTCOMES[outcome], said, trace, place, _unmapped_record(trace) if unmapped else None)


def _named_at(trace: Trace, reader: Reader) -> str:
    """Where payroll goes on naming them, as far as the reader may know it."""
    named = [one for one in trace.places if not one.ended and one.missing_since is None]
    seen = [one.location for one in named if reader.sees(one.location_id)]
    return ", ".join(seen) if len(seen) == len(named) else "another location"


def _comes_here_too(trace: Trace, reader: Reader, on: list[Place]) -> bool:
    """Without a place asked for: a record that waits for a further location is what the question is about."""
    return reader.here is None and any(
        one.waits
        and one.location_id not in {place.location_id for place in on}
        and reader.sees(one.location_id)
        for one in trace.records
    )


def _welcomable(trace: Trace, place: Place) -> bool:
    return not trace.set_up and employee.may_sign_in(place.status)


def _unmapped_record(trace: Trace) -> Record | None:
    return next((one for one in trace.records if one.doubt("unmapped_duty", "unmapped_zone")), None)


def _unmapped_part(trace: Trace, place: Place) -> tuple[str, str] | None:
    for record in trace.records:
        doubt = record.doubt("unmapped_duty", "unmapped_zone")
        if doubt and record.location_id in (None, place.location_id):
            return doubt.code.removeprefix("unmapped_"), doubt.value
    return None


def _waiting(trace: Trace, asked: Asked, reader: Reader, night: Night, at: str, today: date) -> Found | None:
    """Payroll has the person for a location of the reader's, and the record led to nobody."""
    for record in trace.records:
        if reader.sees(record.location_id) and (record.waits or not night.first_sync_done):
            return _of_record(trace, record, reader, night, at)
    return None


def _of_record(trace: Trace, record: Record, reader: Reader, night: Night, at: str) -> Found:
    """Which of the reasons of SPEC §1.5 and §5 stopped this record."""
    place = record.location or reader.place or reader.organization
    said: dict[str, Any] = {
        "name": record.name or trace.name,
        "source_id": record.source_id,
        "place": place,
        "at": at,
        "row": record.row,
        "rule": record.reason,
    }
    reason = record.reason
    if record.bucket == "rejected":
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
    elif reason == "unmapped_status":
        doubt = record.doubt("unmapped_status")
        outcome, said["code"] = "unmapped_status", doubt and doubt.value
    elif reason == "name_missing":
        outcome, said["name"] = "no_name", ""
    elif not night.first_sync_done:
        outcome = "first_sync"
    elif record.discarded_by:
        outcome, said["who"] = "discarded", record.discarded_by
    elif reason in DOUBTING:
        outcome, said["why"] = "run_held", why_held(reason, record.hold, reader)
    else:
        outcome, said["why"] = "held_create", why_held(reason, record.hold, reader)
    return Found(OUTCOMES[outcome], said, trace, None, record)


def why_held(rule: str, reason: str, reader: Reader) -> str:
    """The guard's sentence, which may name people anywhere; for managers one without names."""
    if reader.sees_all:
        return reason
    return wording.held_for_managers(rule)


def _why_rejected(record: Record) -> str:
    doubt = record.doubts[0] if record.doubts else None
    return wording.unreadable(doubt.column, doubt.message) if doubt else wording.unreadable("", "")


def _on_another_list(
    trace: Trace, asked: Asked, reader: Reader, night: Night, at: str, today: date
) -> Found | None:
    """On another list the reader looks after, but not on the one the question is about."""
    live = [one for one in trace.places if not one.ended and reader.sees(one.location_id)]
    if not live:
        return None
    other = ", ".join(one.location for one in live)
    said = {"name": trace.name, "other": other, "place": reader.place}
    return Found(OUTCOMES["on_another_list"], said, trace, live[0])


def _has_left(trace: Trace, asked: Asked, reader: Reader, night: Night, at: str, today: date) -> Found | None:
    """Was at a location of the reader's."""
    over = [one for one in trace.places if one.ended and reader.sees(one.location_id)]
    if not over:
        return None
    place = next((one for one in over if one.location_id == reader.here), over[0])
    said = {"name": trace.name, "place": place.location, "day": place.ended_on, "today": today}
    return Found(OUTCOMES["left"], said, trace, place)


def _hidden(trace: Trace, asked: Asked, reader: Reader, night: Night, at: str, today: date) -> Found | None:
    """Somebody the reader does not look after: only that they exist, and only to who can name them whole."""
    if not asked.whole or trace.likeness < SURE:
        return None
    said = {
        "somebody": asked.kind,
        "organization": reader.organization,
        "place": reader.place,
        "at": at,
    }
    if any(not one.ended for one in trace.places):
        return Found(OUTCOMES["elsewhere"], said, hidden=True)
    for record in trace.records:
        if record.location_id is not None:
            return Found(OUTCOMES["elsewhere"], said, hidden=True)
        if not night.first_sync_done:
            return Found(OUTCOMES["first_sync"], said, hidden=True)
        if record.bucket == "rejected":
            params = said | {"row": record.row, "why": wording.unplaced()}
            return Found(OUTCOMES["rejected"], params, hidden=True)
        if record.reason == "unmapped_location":
            outcome = "unmapped_location" if record.location_code else "no_location"
            return Found(OUTCOMES[outcome], said, hidden=True)
    return None
