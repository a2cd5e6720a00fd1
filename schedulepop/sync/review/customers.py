"""How customers are, side by side: fresh, on hold, waiting, in trouble, being set up; in two statements, however many.

Whose: of Client Success the customers assigned to them; of a lead all, without their people; of the operator all.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Literal

from django.db import connection

from schedulepop import employee
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.sync.integrations import schedule
from schedulepop.sync.models import IntegrationState
from schedulepop.sync.plan.issue_codes import CODES
from schedulepop.sync.review.night_outcomes import Outcome, outcome_of

NIGHTS = 30
_BEING_SET_UP = frozenset(
    {
        IntegrationState.DRAFT,
        IntegrationState.TESTED,
        IntegrationState.PREVIEWED,
        IntegrationState.FIRST_APPLIED,
    }
)
_IN_TROUBLE = frozenset({IntegrationState.QUARANTINED, IntegrationState.DISABLED})

Sign = Literal["unassigned", "on_hold", "source_trouble", "late", "mine", "setting_up", "waiting"]
"""What needs attention at a customer, the gravest first. `mine`: issues that Client Success alone can fix."""
SIGNS: tuple[Sign, ...] = (
    "unassigned",
    "on_hold",
    "source_trouble",
    "late",
    "mine",
    "setting_up",
    "waiting",
)
NEEDS_CLIENT_SUCCESS: frozenset[Sign] = frozenset({"on_hold", "source_trouble", "late", "mine", "setting_up"})


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of Client Success."""

    pk: int
    name: str


@dataclass(frozen=True, slots=True)
class Source:
    """One payroll system of a customer as it stands; nothing of its settings."""

    slug: str
    name: str
    state: IntegrationState
    ran: datetime | None  # its last success
    written: datetime | None  # by payroll, of the last applied feed
    failing_since: datetime | None
    on_hold_since: datetime | None
    late: bool
    old: bool  # runs go through, and payroll has sent nothing new for unusually long

    @property
    def trouble(self) -> bool:
        """Whether its source cannot be read, or is not asked any more."""
        return self.state in _IN_TROUBLE

    @property
    def being_set_up(self) -> bool:
        """Whether it does not run by itself yet."""
        return self.state in _BEING_SET_UP


@dataclass(frozen=True)
class Customer:
    """One customer's standing: counts, days and states, and nobody of theirs."""

    pk: int
    name: str
    slug: str
    timezone: str
    added: datetime
    sources: tuple[Source, ...]
    issues: Mapping[str, int]  # open ones by code
    looked_after_by: tuple[Colleague, ...]

    @cached_property
    def signs(self) -> tuple[Sign, ...]:
        """What needs attention, the gravest first; none: all is well."""
        said: dict[Sign, bool] = {
            "unassigned": not self.looked_after_by,
            "on_hold": self.on_hold_since is not None,
            "source_trouble": any(one.trouble for one in self.sources),
            "late": any(one.late or one.old for one in self.sources),
            "mine": self.issues_of_client_success > 0,
            "setting_up": not self.sources or any(one.being_set_up for one in self.sources),
            "waiting": self.waiting > 0,
        }
        return tuple(sign for sign in SIGNS if said[sign])

    @property
    def ran(self) -> datetime | None:
        """When the source that has been silent longest was read last; None while one has never been."""
        times = [one.ran for one in self.sources if not one.being_set_up]
        return min((one for one in times if one), default=None) if all(times) else None

    @property
    def on_hold_since(self) -> datetime | None:
        """Since when something waits for a decision."""
        return min((one.on_hold_since for one in self.sources if one.on_hold_since), default=None)

    @property
    def waiting(self) -> int:
        """Open issues that somebody has to do something about."""
        return sum(count for code, count in self.issues.items() if _severity(code) != "info")

    @property
    def issues_of_client_success(self) -> int:
        """Those that Client Success alone can fix."""
        return self._count({"client_success"})

    @property
    def issues_without_managers(self) -> int:
        """Those that HR, payroll or Client Success can fix."""
        return self._count({"client_success", "admin", "payroll"})

    def _count(self, fixers: Collection[str]) -> int:
        return sum(
            count
            for code, count in self.issues.items()
            if _severity(code) != "info" and CODES[code].fixer in fixers
        )

    def needs_client_success(self) -> bool:
        """Whether whoever looks after it has something to do."""
        return not NEEDS_CLIENT_SUCCESS.isdisjoint(self.signs)


@dataclass(frozen=True, slots=True)
class NightResult:
    """What came of one run of a night."""

    day: date
    outcome: Outcome
    run: int  # its ID


@dataclass(frozen=True, slots=True)
class Nights:
    """How many people work at a customer, and what came of its last nights, oldest first."""

    people: int = 0
    nights: tuple[NightResult, ...] = ()


def of_actor(actor: Actor, at: datetime) -> list[Customer]:
    """All customers this actor looks after, or leads; by what needs attention, then by name."""
    if actor.user is not None and actor.is_lead:
        rows = _ask("SELECT all_customers_standing(%s)::text", [actor.user.pk])
    else:
        rows = _ask("SELECT customers_standing(%s::bigint[])::text", [_ids(actor)])
    return by_attention(_customer(row, at) for row in rows)


def of_organizations(ids: Iterable[int], at: datetime) -> dict[int, Customer]:
    """The customers of these organizations, by ID; for the worker, who may see all."""
    rows = _ask("SELECT customers_standing(%s::bigint[])::text", [sorted(ids)])
    return {row["id"]: _customer(row, at) for row in rows}


def nights_of(actor: Actor, ids: Collection[int], today: date) -> dict[int, Nights]:
    """The people and the last NIGHTS nights of those of these customers that the actor may see, by ID."""
    since, ended = today - timedelta(days=NIGHTS), sorted(employee.ENDED)
    if actor.user is not None and actor.is_lead:
        query = "SELECT all_customers_nights(%s, %s::bigint[], %s, %s::text[])::text"
        rows = _ask(query, [actor.user.pk, sorted(ids), since, ended])
    else:
        mine = sorted({*ids} & {*_ids(actor)})
        rows = _ask("SELECT customers_nights(%s::bigint[], %s, %s::text[])::text", [mine, since, ended])
    return {row["id"]: Nights(row["people"], _nights(row["nights"])) for row in rows}


def by_attention(customers: Iterable[Customer]) -> list[Customer]:
    """The gravest first; of equal ones by name."""

    def order(one: Customer) -> tuple[int, int, str]:
        first = SIGNS.index(one.signs[0]) if one.signs else len(SIGNS)
        return first, -len(one.signs), one.name.casefold()

    return sorted(customers, key=order)


def _ids(actor: Actor) -> list[int]:
    theirs: Iterable[Organization] = actor.organizations().filter(vendor=False)
    return sorted(one.pk for one in theirs)


def _ask(query: str, given: list[Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return [json.loads(row) for (row,) in cursor.fetchall()]


def _customer(row: dict[str, Any], at: datetime) -> Customer:
    return Customer(
        pk=row["id"],
        name=row["name"],
        slug=row["slug"],
        timezone=row["timezone"],
        added=datetime.fromisoformat(row["added"]),
        sources=tuple(_source(one, at) for one in row["integrations"]),
        issues={code: count for code, count in row["issues"].items() if code in CODES},
        looked_after_by=tuple(Colleague(one["id"], one["name"]) for one in row["staff"]),
    )


def _source(row: dict[str, Any], at: datetime) -> Source:
    """As `schedule.freshness` has it, from what one statement told of all."""
    state = IntegrationState(row["state"])
    ran, written, active_since = (_moment(row[name]) for name in ("ran", "source", "active_since"))
    watched = state == IntegrationState.ACTIVE and not row["uploaded"]
    since = max((one for one in (ran, active_since) if one), default=None)
    late = watched and schedule.is_late(since, at)
    return Source(
        slug=row["slug"],
        name=row["name"],
        state=state,
        ran=ran,
        written=written,
        failing_since=_moment(row["failing_since"]),
        on_hold_since=_moment(row["on_hold_since"]),
        late=late,
        old=watched and not late and _is_old(written, active_since, row["times"] or [], at),
    )


def _is_old(written: datetime | None, active_since: datetime | None, times: list[str], at: datetime) -> bool:
    """Whether payroll has sent nothing new for longer than usual, neither since then nor since it was activated."""
    if written is None:
        return False
    seen = [datetime.fromisoformat(one) for one in times]
    newest = max([written, *seen])
    marks = [newest] if active_since is None else [newest, max(newest, active_since)]
    return all(schedule.is_late(one, at) and schedule.is_older_than_usual(one, seen, at) for one in marks)


def _nights(rows: list[list[Any]]) -> tuple[NightResult, ...]:
    told = (
        (date.fromisoformat(day), outcome_of(state, rest, doubted=doubted), run)
        for day, state, rest, doubted, run in rows
    )
    return tuple(NightResult(day, outcome, run) for day, outcome, run in told if outcome)


def _severity(code: str) -> str:
    return CODES[code].severity


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
