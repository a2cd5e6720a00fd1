"""The days in a row: payroll writes its file at ten to two, the product does the rest, people work by day."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import time_machine

from schedulepop import jobs
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.cli.demo import build
from schedulepop.cli.demo import maple_health as maple
from schedulepop.directory import actions
from schedulepop.directory.models import Membership
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Link, Run, RunState, Trigger
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.review.questions import crosswalk
from schedulepop.sync.run import runs
from simulation import bad_feeds
from simulation.bad_feeds import BadFeed
from simulation.happenings import Happenings
from simulation.judge import Judge
from simulation.payroll import Payroll
from simulation.staff import Staff

ZONE = ZoneInfo(maple.ORGANIZATION.timezone)
EXPORT_AT = time(1, 50)
TICKS = (
    time(0, 5),
    time(2, 5),
    time(2, 35),
    time(3, 5),
    time(3, 35),
    time(4, 5),
    time(8, 10),
    time(9, 30),
    time(10, 0),
    time(12, 0),
    time(14, 10),
    time(20, 10),
    time(23, 5),
)
"""Wall-clock moments of the organization: midnights of both time zones, the night's run, its retries, the day."""
OUTAGE_DAYS = 7
Progress = Callable[[int], None]


@dataclass
class Day:
    """What became of one morning."""

    on: date
    counts: dict[str, int]
    state: str  # of the scheduled run; "outage" when there was no file
    holds: tuple[str, ...]
    bad: str = ""
    stopped: bool = False  # a bad feed: held or skipped for the right reason


@dataclass
class Year:
    """The whole simulation, from the first sync to the last evening."""

    folder: Path
    start: date
    days: int = 365
    seed: int = 1
    told: list[Day] = field(default_factory=list)

    def run(self, progress: Progress = lambda n: None) -> None:
        """Every day of it."""
        with time_machine.travel(
            self._at(self.start - timedelta(days=1), time(11, 0)), tick=True
        ) as traveller:
            self._first_sync()
            for number in range(self.days):
                today = self.start + timedelta(days=number)
                self._day(today, traveller)
                progress(number + 1)

    @property
    def hires(self) -> set[int]:
        """Keys of everybody hired in the year."""
        return set(self.happenings.hired)

    def _first_sync(self) -> None:
        self.payroll = Payroll(self.start - timedelta(days=1))
        self.happenings = Happenings(self.payroll, self.start, self.days, self.seed)
        self.export = self.folder / "payroll.csv"
        self.bad = bad_feeds.days_of(self.start, self.days)
        self.switch = self._free_day(self.start + timedelta(days=round(self.days * 0.42)))
        self.outage = self._free_day(self.start + timedelta(days=round(self.days * 0.72)), OUTAGE_DAYS)
        organization = build.add_maple_health()
        officer = Actor.of(User.objects.get(username=maple.CLIENT_SUCCESS.username))
        self._write(
            self.payroll.export(self.start - timedelta(days=1)),
            self._at(self.start - timedelta(days=1), EXPORT_AT),
        )
        self.integration = lifecycle.add(
            organization,
            "Payroll",
            connector="file",
            config={"path": str(self.export)},
            actor=officer,
            mapping=Mapping.model_validate(maple.MAPPING),
            policy=maple.POLICY,
        )
        build.first_sync(self.integration, officer)
        for person in maple.SIGN_INS:
            if person.role == "manager":
                member = Membership.objects.get(user__links__source_id=person.source_id)
                actions.set_role(member, Membership.MANAGER, actor=officer)
        self.judge = Judge(self.payroll)
        self.judge.noon(self.start - timedelta(days=1), self._at(self.start - timedelta(days=1), time(12)))
        self.staff = Staff(self.payroll, self.integration, self.happenings.random)

    def _day(self, today: date, traveller: time_machine.Coordinates) -> None:
        traveller.move_to(self._at(today, EXPORT_AT))
        self.happenings.enter(today)
        if today == self.switch:
            self._switch_vendor(today)
        bad = self.bad.get(today)
        out = self.outage <= today < self.outage + timedelta(days=OUTAGE_DAYS)
        feed = bad.make(self.payroll, today) if bad else self.payroll.export(today)
        if out:
            self.export.unlink(missing_ok=True)
        else:
            at = self._at(today, EXPORT_AT)
            self._write(feed, at - timedelta(days=30) if bad and bad.old_date else at)
        judged = False
        for moment in TICKS[1:] if today == self.start else TICKS:
            traveller.move_to(self._at(today, moment))
            self._tick()
            run = self._scheduled(today)
            if run is not None and not judged and run.state in (RunState.APPLIED, RunState.HELD):
                judged = True
                self._judge_feed(run, feed, bad)
            if moment == time(10, 0):
                self.staff.hr_at_ten(today, trusted=bad is None and not out)
                self.staff.hr_answers(today)
                self.judge.appeared_at(self._at(today, moment))
            if moment == time(12, 0):
                self.judge.noon(today, self._at(today, moment))
                self.staff.manager_edits()
        self.told.append(self._told(today, bad, out))

    def _tick(self) -> None:
        """What a worker does each minute, and the runs that are due."""
        jobs.hourly_tick(timestamp=0)
        jobs.minute_tick(timestamp=0)
        for pk in Run.objects.filter(state=RunState.QUEUED).order_by("pk").values_list("pk", flat=True):
            runs.drive(pk)
        jobs.outbox.drain()

    def _judge_feed(self, run: Run, feed: bytes, bad: BadFeed | None) -> None:
        if bad is None and run.state == RunState.APPLIED:
            self.judge.feed_was_good(feed, self._at(run.local_date, EXPORT_AT))
        self.judge.appeared_at(run.finished_at or self._at(run.local_date, time(4)))

    def _told(self, today: date, bad: BadFeed | None, out: bool) -> Day:
        run = self._scheduled(today)
        holds = tuple(hold["rule"] for hold in run.holds) if run else ()
        reasons = {*holds, run.error_code if run else ""}
        nothing = run is not None and run.state in (
            RunState.HELD,
            RunState.SKIPPED,
            RunState.FAILED,
            RunState.SUPERSEDED,
        )
        return Day(
            on=today,
            counts=dict(run.counts) if run else {},
            state="outage" if out else run.state if run else "none",
            holds=holds,
            bad=bad.name if bad else "",
            stopped=bad is not None and nothing and not bad.stopped_by.isdisjoint(reasons),
        )

    def _scheduled(self, today: date) -> Run | None:
        return Run.objects.filter(
            integration=self.integration, trigger=Trigger.SCHEDULE, local_date=today
        ).first()

    def _switch_vendor(self, today: date) -> None:
        """Everybody gets a new ID; Client Success loads the vendor's crosswalk file before the first new export."""
        officer = Actor.of(User.objects.get(username=maple.CLIENT_SUCCESS.username))
        known = set(Link.objects.filter(retired_at=None).values_list("source_id", flat=True))
        new_ids = {key: f"W{50_000 + 7 * key}" for key, p in self.payroll.people.items() if p.id in known}
        crosswalk.take(self.integration, self.payroll.crosswalk(new_ids), actor=officer)

    def _free_day(self, wanted: date, length: int = 1) -> date:
        """That day or the next from which on no bad feed disturbs for so long."""
        while any(wanted <= day < wanted + timedelta(days=length + 1) for day in self.bad):
            wanted += timedelta(days=1)
        return wanted

    def _write(self, feed: bytes, at: datetime) -> None:
        self.export.write_bytes(feed)
        os.utime(self.export, (at.timestamp(), at.timestamp()))

    @staticmethod
    def _at(day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, ZONE)
