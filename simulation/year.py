"""The days in a row: payroll writes its file at ten to two, the product does the rest, people work by day."""

from __future__ import annotations

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
from schedulepop.sync.review.questions import crosswalk
from schedulepop.sync.run import runs
from simulation import bad_feeds
from simulation.bad_feeds import BadFeed
from simulation.happenings import Happenings
from simulation.judge import Judge
from simulation.payroll import Payroll
from simulation.sources import Source, sources
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
    platforms: tuple[str, ...] = ()  # one after the other; without any, payroll writes a file
    told: list[Day] = field(default_factory=list)

    def run(self, progress: Progress = lambda n: None) -> None:
        """Every day of it."""
        with time_machine.travel(
            self._at(self.start - timedelta(days=1), time(11, 0)), tick=True
        ) as traveller:
            self.sources = sources(self.folder, self.platforms)
            try:
                self._first_sync()
                for number in range(self.days):
                    today = self.start + timedelta(days=number)
                    self._day(today, traveller)
                    progress(number + 1)
            finally:
                for source in self.sources:
                    source.close()

    @property
    def hires(self) -> set[int]:
        """Keys of everybody hired in the year."""
        return set(self.happenings.hired)

    def _first_sync(self) -> None:
        self.payroll = Payroll(self.start - timedelta(days=1))
        self.happenings = Happenings(self.payroll, self.start, self.days, self.seed)
        self.source = self.sources[0]
        if self.platforms:  # IDs in the platform's own shape
            self.payroll.crosswalk(self.source.new_ids(set(self.payroll.people)))
        self.bad = bad_feeds.days_of(self.start, self.days, self.source.bad_feeds)
        self.switches = self._switches()
        self.outage = self._free_day(self.start + timedelta(days=round(self.days * 0.72)), OUTAGE_DAYS)
        organization = build.add_maple_health()
        officer = Actor.of(User.objects.get(username=maple.CLIENT_SUCCESS.username))
        self.source.tell(
            self.payroll.export(self.start - timedelta(days=1)),
            self._at(self.start - timedelta(days=1), EXPORT_AT),
        )
        self.integration = self.source.connect(organization, officer)
        build.first_sync(self.integration, officer)
        for person in maple.SIGN_INS:
            if person.role == "manager":
                ids = self.payroll.people[self.payroll.of_id[str(person.source_id)]].ids
                member = Membership.objects.get(user__links__source_id__in=ids)
                actions.set_role(member, Membership.MANAGER, actor=officer)
        self.judge = Judge(self.payroll)
        self.judge.noon(self.start - timedelta(days=1), self._at(self.start - timedelta(days=1), time(12)))
        self.staff = Staff(self.payroll, self.integration, self.happenings.random)

    def _day(self, today: date, traveller: time_machine.Coordinates) -> None:
        traveller.move_to(self._at(today, EXPORT_AT))
        self.happenings.enter(today)
        if today in self.switches:
            self._switch_vendor(today)
        bad = self.bad.get(today)
        out = self.outage <= today < self.outage + timedelta(days=OUTAGE_DAYS)
        feed = bad.make(self.payroll, today) if bad else self.payroll.export(today)
        if out:
            self.source.go_out()
        else:
            at = self._at(today, EXPORT_AT)
            self.source.tell(feed, at - timedelta(days=30) if bad and bad.old_date else at, bad)
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
        jobs.send_letters(timestamp=0)

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

    def _switches(self) -> dict[date, Source]:
        """The days on which everybody gets a new ID → the source from then on, which may be the one that is there."""
        if len(self.sources) == 1:
            return {self._free_day(self.start + timedelta(days=round(self.days * 0.42))): self.source}
        share = self.days / len(self.sources)
        return {
            self._free_day(self.start + timedelta(days=round(share * number))): source
            for number, source in enumerate(self.sources)
            if number
        }

    def _switch_vendor(self, today: date) -> None:
        """Everybody gets a new ID; Client Success loads the vendor's crosswalk file before the first new export.

        Another platform is another integration: the old one is switched off, the new one has a first sync of its own.
        """
        officer = Actor.of(User.objects.get(username=maple.CLIENT_SUCCESS.username))
        known = set(Link.objects.filter(retired_at=None).values_list("source_id", flat=True))
        there = {key for key, person in self.payroll.people.items() if person.id in known}
        before, self.source = self.source, self.switches[today]
        if self.source is not before:
            lifecycle.switch_off(self.integration, actor=officer)
            self.integration = self.source.connect(self.integration.organization, officer)
            self.staff.integration = self.integration
            self.payroll.crosswalk(self.source.new_ids(set(self.payroll.people) - there))
        pairs = self.payroll.crosswalk(self.source.new_ids(there))
        crosswalk.take(self.integration, pairs, actor=officer)
        if self.source is not before:
            self.source.tell(self.payroll.export(today), self._at(today, EXPORT_AT))
            build.first_sync(self.integration, officer)

    def _free_day(self, wanted: date, length: int = 1) -> date:
        """That day or the next from which on no bad feed disturbs for so long."""
        while any(wanted <= day < wanted + timedelta(days=length + 1) for day in self.bad):
            wanted += timedelta(days=1)
        return wanted

    @staticmethod
    def _at(day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, ZONE)
