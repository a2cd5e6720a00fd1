"""From the facts about a person to what this reader is told: small rules, the first that fits decides.

A manager of location A learns of somebody who is only at location B that they exist elsewhere, and nothing
else (SPEC §1.5, §3): no name but the one they typed, no location, no detail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from schedulepop import employee
from schedulepop.employee import Status
from schedulepop.lib.spoken import short_day
from schedulepop.sync.plan.guard.feed_rules import DOUBTING
from schedulepop.sync.whereis.facts import Night, Place, Reader, Record, Trace
from schedulepop.sync.whereis.outcomes import OUTCOMES, Outcome
from schedulepop.sync.whereis.query import Asked
from schedulepop.sync.whereis.score import SURE

QUESTIONS = frozenset({"possible_match", "ambiguous", "id_changed"})
IN_DOUBT = frozenset({"several_records", "contradictory_records", "recycled_id"})
LETTERS = {"failed": "did not go out", "unknown": "may not have gone out", "queued": "has not gone out yet"}


@dataclass(frozen=True, slots=True)
class Found:
    """One answer about one person, or about nobody; `said` fills the outcome's sentence and step."""

    outcome: Outcome
    said: dict[str, str]
    trace: Trace | None = None
    place: Place | None = None
    record: Record | None = None
    hidden: bool = False  # the reader may know no more than the sentence says

    @property
    def sentence(self) -> str:
        """The one sentence."""
        return _tidy(self.outcome.sentence.format_map(self.said))

    @property
    def step(self) -> str:
        """The one next step."""
        return _tidy(self.outcome.step.format_map(self.said))


def _tidy(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def about(trace: Trace, asked: Asked, reader: Reader, night: Night, at: str, today: date) -> Found | None:
    """What the reader is told of this person; None: they may not learn anything."""
    for rule in (_on_this_list, _waiting, _on_another_list, _has_left, _hidden):
        found = rule(trace, asked, reader, night, at, today)
        if found is not None:
            return found
    return None


def nobody(asked: Asked, night: Night, reader: Reader, at: str) -> Found:
    """The clean answer when nobody fits: why that may be, and what then."""
    said = {"name": asked.nobody, "at": at, "place": reader.place, "why": "", "text": asked.text}
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
    said = {
        "name": trace.name,
        "place": place.location,
        "kind": "",
        "code": "",
        "day": "",
        "status": "",
        "letter": "",
    }
    outcome = "on_list"
    unmapped = _unmapped_part(trace, place)
    if place.blocked:
        outcome = "blocked"
    elif _welcomable(trace, place) and not trace.reachable:
        outcome = "no_email"
    elif _welcomable(trace, place) and trace.letter in LETTERS:
        outcome, said["letter"] = "letter_failed", LETTERS[trace.letter]
    elif unmapped:
        outcome = "waits_for_mapping"
        said["kind"], said["code"] = unmapped
    elif trace.missing_since is not None:
        outcome, said["day"] = "missing", short_day(trace.missing_since, today)
    elif away := [(one, one.missing_since) for one in here if one.missing_since is not None]:
        outcome, (place, since) = "missing_here", away[0]
        said |= {"place": place.location, "other": _named_at(trace, reader), "day": short_day(since, today)}
    elif place.status == Status.UPCOMING:
        outcome = "upcoming"
        said["day"] = f" on {short_day(place.hire_date, today)}" if place.hire_date else " soon"
    else:
        said["status"] = _status_words(place, today)
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


def _status_words(place: Place, today: date) -> str:
    if place.ends_on:
        return f", with {short_day(place.ends_on, today)} as the last day"
    if place.status == Status.ACTIVE:
        return ""
    label = employee.Status(place.status).label
    return f", {'on ' if place.status in (Status.LEAVE, Status.FMLA, Status.FURLOUGH) else 'status: '}" + (
        label if label.isupper() else label.lower()
    )


def _waiting(trace: Trace, asked: Asked, reader: Reader, night: Night, at: str, today: date) -> Found | None:
    """Payroll has the person for a location of the reader's, and the record led to nobody."""
    for record in trace.records:
        if reader.sees(record.location_id) and (record.waits or not night.first_sync_done):
            return _of_record(trace, record, reader, night, at)
    return None


def _of_record(trace: Trace, record: Record, reader: Reader, night: Night, at: str) -> Found:
    """Which of the reasons of SPEC §1.5 and §5 stopped this record."""
    place = record.location or reader.place or reader.organization
    said = {
        "name": record.name or trace.name or f"Payroll ID {record.source_id}",
        "place": place,
        "at": at,
        "row": str(record.row or ""),
        "rule": record.reason,
        "why": "",
        "code": "",
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
        outcome, said["why"] = "id_in_doubt", _WHY_IN_DOUBT[reason]
    elif reason == "unmapped_location":
        outcome = "unmapped_location" if record.location_code else "no_location"
        said["code"] = f" code, “{record.location_code}”," if record.location_code else ""
    elif reason == "unmapped_status":
        doubt = record.doubt("unmapped_status")
        outcome = "unmapped_status"
        said["code"] = f", “{doubt.value}”," if doubt and doubt.value else ""
    elif reason == "name_missing":
        outcome, said["name"] = "no_name", f"Payroll ID {record.source_id}"
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
    return _WHY_HELD.get(rule, "it looks unusual, so nobody was touched.")


_WHY_HELD = {
    "creates_location": "an unusual number of people would be added at once.",
    "resembles_leaver": "somebody who resembles them is leaving or missing, and that is decided first.",
}
_WHY_IN_DOUBT = {
    "several_records": "there are several for one location, and none is marked as the primary one.",
    "contradictory_records": "one payroll ID comes with different names.",
    "recycled_id": "the payroll ID belonged to somebody else so far.",
}


def _why_rejected(record: Record) -> str:
    doubt = record.doubts[0] if record.doubts else None
    if doubt is None:
        return "it could not be read."
    column = f"in the column “{doubt.column}”: " if doubt.column else ""
    message = doubt.message[:1].lower() + doubt.message[1:] if column else doubt.message
    return f"{column}{message}"


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
    day = f", since {short_day(place.ended_on, today)}" if place.ended_on else ""
    return Found(OUTCOMES["left"], {"name": trace.name, "place": place.location, "day": day}, trace, place)


def _hidden(trace: Trace, asked: Asked, reader: Reader, night: Night, at: str, today: date) -> Found | None:
    """Somebody the reader does not look after: only that they exist, and only to who can name them whole."""
    if not asked.whole or trace.likeness < SURE:
        return None
    said = {
        "name": asked.somebody,
        "organization": reader.organization,
        "place": reader.place,
        "at": at,
        "code": "",
    }
    if any(not one.ended for one in trace.places):
        return Found(OUTCOMES["elsewhere"], said, hidden=True)
    for record in trace.records:
        if record.location_id is not None:
            return Found(OUTCOMES["elsewhere"], said, hidden=True)
        if not night.first_sync_done:
            return Found(OUTCOMES["first_sync"], said, hidden=True)
        if record.bucket == "rejected":
            why = "its location cannot be read either."
            return Found(OUTCOMES["rejected"], said | {"row": str(record.row or ""), "why": why}, hidden=True)
        if record.reason == "unmapped_location":
            outcome = "unmapped_location" if record.location_code else "no_location"
            return Found(OUTCOMES[outcome], said, hidden=True)
    return None
