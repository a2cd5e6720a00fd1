"""The facts about one person whom a search found: where they are on the list, and what payroll's record became.

Plain values, collected by `gather`; what a reader may learn of them is decided in `answer`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from schedulepop import employee
from schedulepop.sync.run.speaking import NOWHERE, Doubted


@dataclass(frozen=True, slots=True)
class Place:
    """One membership."""

    location_id: int
    location: str
    status: str
    hire_date: date | None = None
    ended_on: date | None = None
    ends_on: date | None = None
    blocked: bool = False
    about: str = ""  # duty and employee number, for the line below the name
    number: str = ""  # employee number
    missing_since: date | None = None  # payroll names the person, though not here any more
    ended_by: str = (
        ""  # the reason the newest change of the status gives (sync.plan.reasons); "": none is kept
    )

    @property
    def ended(self) -> bool:
        """Whether this employment is over."""
        return employee.is_ended(self.status)


@dataclass(frozen=True, slots=True)
class Doubt:
    """One finding of the run about the person's record."""

    code: str
    column: str = ""
    value: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What the last run made of one record of payroll's."""

    run_id: int
    row: int | None
    source_id: str = ""
    name: str = ""
    location_id: int | None = None  # null: no location carries its code, or it could not be read
    location: str = ""
    location_code: str = ""  # as written in the feed
    bucket: str = ""
    reason: str = ""  # issue code, guard rule or exclusion rule
    hold: str = ""  # the guard's sentence
    newer: bool = False  # of a feed that does not speak here: it is on hold as a whole, or was discarded
    discarded_by: str = ""  # who decided against the plan that held it
    about: str = ""
    number: str = ""  # employee number
    doubts: tuple[Doubt, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether it led to nobody on the list so far."""
        return self.newer or self.bucket in ("held", "rejected", "excluded")

    def doubt(self, *codes: str) -> Doubt | None:
        """The first finding with one of these codes."""
        return next((one for one in self.doubts if one.code in codes), None)


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """One person, as far as anything is known."""

    similarity: float
    name: str
    user_id: int | None = None
    places: tuple[Place, ...] = ()
    records: tuple[Record, ...] = ()
    reachable: bool = True  # has an email address
    set_up: bool = False  # has set the account up
    letter: str = ""  # state of the newest welcome letter
    letter_at: datetime | None = None
    missing_since: date | None = None  # payroll names the person nowhere any more
    ids: tuple[str, ...] = ()  # payroll IDs of their links

    @property
    def numbers(self) -> tuple[str, ...]:
        """Payroll IDs and employee numbers, as payroll writes them."""
        of_records = [value for one in self.records for value in (one.source_id, one.number)]
        known = [*self.ids, *of_records, *(one.number for one in self.places)]
        return tuple(dict.fromkeys(filter(None, known)))


@dataclass(frozen=True, slots=True)
class Freshness:
    """The last sync of the organization: what a clean "not there" rests on."""

    connected: bool = False  # there is an integration
    first_sync_done: bool = False
    run_id: int | None = None  # the run whose plan was searched
    run_number: int | None = None
    source_time: datetime | None = None  # when payroll wrote its feed
    read_at: datetime | None = None
    feed_held: str = ""  # the reason when a newer feed is on hold
    doubt: Doubted = NOWHERE  # where it is
    newer_run_id: int | None = None
    newer_time: datetime | None = None  # when payroll wrote it
    newer: str = ""  # the same in words
    failed: str = ""  # why the newest run failed, when it did
    late: bool = False  # no good run for more than a day

    def newer_concerns(self, location_id: int | None) -> bool:
        """Whether a newer feed is on hold for this location."""
        return bool(self.feed_held) and self.doubt.covers(location_id)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: what they look after, and as what."""

    role: str  # admin, client_success, manager
    manages: frozenset[int] = field(default_factory=frozenset)
    here: int | None = None  # the location they ask for; null: any of theirs
    place: str = ""  # its name
    organization: str = ""

    @property
    def sees_all(self) -> bool:
        """Whether the whole organization is theirs."""
        return self.role in ("admin", "client_success")

    def sees(self, location_id: int | None) -> bool:
        """Whether they may read what concerns this location; what is at none is the organization's."""
        return self.sees_all or (location_id is not None and location_id in self.manages)
