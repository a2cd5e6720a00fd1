"""The same nights on a User List in memory and on PostgreSQL, behind one small face."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any, Protocol

import polars as pl

from schedulepop.sync.plan import fingerprints, trial
from schedulepop.sync.plan.frames.changes import HOLDING
from schedulepop.sync.plan.frames.plan import Plan, PlanInput
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.pipeline import plan
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.plan.read import read
from tests.sync.plan.memory import UserList
from tests.sync.plan.months.reference import DUTIES, PLACES, ZONES

LIFTED = [pl.lit(None, kind).alias(name) for name, kind in HOLDING.items()]


class Nights(Protocol):
    """What the machine asks of a User List."""

    def night(self, feed: str, today: date) -> Plan:
        """One run: planned, and what no hold stops applied."""
        ...

    def again(self, feed: str, today: date) -> Plan:
        """The plan of the same feed once more; on PostgreSQL by a run of its own."""
        ...

    def approve(self, today: date) -> None:
        """A person approves what waits."""
        ...

    def now(self, today: date) -> Snapshot:
        """What is on the list."""
        ...

    def answer(self, source_id: str, kind: str, user_id: int | None, denied: list[int]) -> None:
        """A person says who a record is."""
        ...

    def edit(self, user_id: int, field: str, value: str, today: date) -> None:
        """A manager edits what payroll owns."""
        ...

    def override(self, user_id: int, value: str, today: date, until: date) -> None:
        """HR holds an email against payroll."""
        ...

    def add_contractor(self) -> int:
        """Somebody of an agency, marked local."""
        ...


class InMemory:
    """`memory.UserList`, planned and applied without a database."""

    def __init__(self) -> None:
        self.list = UserList(first_sync=True)
        self._last: tuple[str, Plan] | None = None
        self._numbers = iter(range(1, 10_000))

    def night(self, feed: str, today: date) -> Plan:
        drawn = self.again(feed, today)
        self.list.apply(drawn)
        self._last = (feed, drawn)
        return drawn

    def again(self, feed: str, today: date) -> Plan:
        mapping = Mapping()
        seen = trial.profile_feed(read(feed.encode(), pay=False, name="feed.csv"), mapping)
        held = self.list.snapshot(today)
        delta = fingerprints.full_delta(seen.feed, seen.columns, held.links["source_id"])
        return plan(PlanInput(seen, delta, held, mapping, Policy(), day=today))

    def approve(self, today: date) -> None:
        assert self._last is not None
        drawn = self.again(self._last[0], today)
        self.list.apply(drawn, drawn.changes.with_columns(LIFTED))

    def now(self, today: date) -> Snapshot:
        return self.list.snapshot(today)

    def answer(self, source_id: str, kind: str, user_id: int | None, denied: list[int]) -> None:
        self.list.answers = [a for a in self.list.answers if a["source_id"] != source_id]
        self.list.answers.append(
            {
                "answer_id": next(self._numbers),
                "source_id": source_id,
                "kind": kind,
                "user_id": user_id,
                "denied": denied,
                "name": None,
                "by": "Renata",
            }
        )

    def edit(self, user_id: int, field: str, value: str, today: date) -> None:
        next(p for p in self.list.people if p["user_id"] == user_id)[field] = value
        self.list.edits.append({"user_id": user_id, "field": field, "editor": "Mia Moss", "at": today})

    def override(self, user_id: int, value: str, today: date, until: date) -> None:
        self.list.overrides = [k for k in self.list.overrides if k["user_id"] != user_id]
        next(p for p in self.list.people if p["user_id"] == user_id)["email"] = value
        self.list.overrides.append(
            {
                "override_id": next(self._numbers),
                "user_id": user_id,
                "location_id": None,
                "field": "email",
                "kind": "override",
                "value": value,
                "until": until,
                "run": None,
            }
        )

    def add_contractor(self) -> int:
        number = max((p["user_id"] for p in self.list.people), default=0) + 1
        self.list.people.append(
            {
                "user_id": number,
                "first_name": "Ivo",
                "last_name": "Agency",
                "local": True,
                "email": "ivo@agency.org",
                "confirmed_email": None,
                "admin": False,
            }
        )
        self.list.members.append(
            {
                "membership_id": 100 + len(self.list.members) + 1,
                "user_id": number,
                "location_id": 1,
                "status": "active",
                "payroll_owned": False,
                "role": "staff",
            }
        )
        return number


class OnPostgres:
    """The product's own doors, on a database and a clock that is turned."""

    def __init__(self, clock: Any) -> None:
        from schedulepop.accounts.actors import Actor
        from schedulepop.sync.integrations import lifecycle
        from tests import made

        self.clock = clock
        self.operator = Actor.operator("months")
        self.organization = made.organization(f"Maple {made.next_number()}", timezone="America/New_York")
        for code, name in PLACES.items():
            place = made.location(self.organization, name, code)
            for short, duty in DUTIES.items():
                made.duty(place, duty, short)
            for short, zone in ZONES.items():
                made.zone(place, zone, short)
        self.integration = lifecycle.add(
            self.organization, "Payroll", connector="file", config={"path": ""}, actor=self.operator
        )

    def night(self, feed: str, today: date) -> Plan:
        from schedulepop.sync.integrations import lifecycle
        from schedulepop.sync.run import runs

        self._turn(today)
        self.integration.refresh_from_db()
        first = not self.integration.first_sync_done
        run = runs.request(
            self.integration, trigger="manual", actor=self.operator, upload=(feed.encode(), "feed.csv")
        )
        run = runs.drive(run.pk)
        drawn = runs.stored_plan(run)
        assert drawn is not None, run.error
        if first:
            runs.approve(run, plan_hash=run.plan_hash, actor=self.operator)
            lifecycle.activate(self.integration, actor=self.operator)
        self.run = run
        return drawn

    def again(self, feed: str, today: date) -> Plan:
        return self.night(feed, today)

    def approve(self, today: date) -> None:
        from schedulepop.sync.errors import Refused
        from schedulepop.sync.run import runs

        self._turn(today)
        run = runs.reload(self.run)
        if not runs.is_waiting(run):
            return
        try:
            runs.approve(run, plan_hash=run.plan_hash, actor=self.operator)
        except Refused:  # an answer or an edit since has changed the plan: approve the new one
            run = runs.reload(run)
            runs.approve(run, plan_hash=run.plan_hash, actor=self.operator)

    def now(self, today: date) -> Snapshot:
        from schedulepop.sync.run import snapshot

        self.integration.refresh_from_db()
        return snapshot.load(self.integration, now=self._at(today))

    def answer(self, source_id: str, kind: str, user_id: int | None, denied: list[int]) -> None:
        from schedulepop.accounts.models import User
        from schedulepop.sync.review.questions import answers

        user = User.objects.get(pk=user_id) if user_id else None
        answers.answer(self.integration, source_id, kind=kind, user=user, actor=self.operator)

    def edit(self, user_id: int, field: str, value: str, today: date) -> None:
        from schedulepop.accounts.models import User
        from schedulepop.directory import actions

        self._turn(today)
        actions.edit_user(User.objects.get(pk=user_id), {field: value}, actor=self.operator)

    def override(self, user_id: int, value: str, today: date, until: date) -> None:
        from schedulepop.accounts.models import User
        from schedulepop.sync.review import overrides

        self._turn(today)
        overrides.set(
            User.objects.get(pk=user_id),
            None,
            "email",
            value,
            reason="It bounces",
            until=until,
            actor=self.operator,
        )

    def add_contractor(self) -> int:
        from schedulepop.directory import actions
        from schedulepop.directory.actions.newcomers import NewPerson
        from schedulepop.directory.models import Location

        place = Location.objects.get(organization=self.organization, name="Maple North")
        member = actions.add_user(
            place,
            NewPerson("Ivo", "Agency", "ivo@agency.org"),
            local=True,
            welcome=False,
            actor=self.operator,
        )
        return int(member.user_id)

    def _turn(self, today: date) -> None:
        self.clock.move_to(self._at(today))

    @staticmethod
    def _at(today: date) -> datetime:
        return datetime.combine(today, time(17), UTC)  # noon in New York
