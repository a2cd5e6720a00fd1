"""The people around the sync, as they work in truth: HR approves a day late, a manager edits what payroll owns."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date

from schedulepop import employee
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.cli.demo import maple_health as maple
from schedulepop.directory import actions
from schedulepop.directory.models import Membership
from schedulepop.sync.errors import Refused
from schedulepop.sync.models import Integration, Run
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.review.questions import answers
from schedulepop.sync.review.questions.questions import Question
from schedulepop.sync.run import runs
from simulation.payroll import Payroll


@dataclass
class Staff:
    """HR with what they saw so far, and one manager."""

    payroll: Payroll
    integration: Integration
    random: random.Random
    holds: int = 0
    approvals: int = 0
    _seen: dict[tuple[object, ...], date] = field(default_factory=dict)  # hold → the day HR first saw it
    _asked: dict[str, date] = field(default_factory=dict)  # payroll ID → the day it was first asked who it is

    def hr_at_ten(self, today: date, *, trusted: bool) -> None:
        """Look at what waits; approve what waited yesterday already and payroll confirms. `trusted`: today's feed
        was good.
        """
        run = self.integration.runs.order_by("-number").first()
        if run is None or not runs.is_waiting(run):
            self._seen.clear()
            return
        waiting = {
            (hold["rule"], hold["scope"], hold["location_id"], hold["source_id"]) for hold in run.holds
        }
        self.holds += len(waiting - set(self._seen))
        self._seen = {hold: self._seen.get(hold, today) for hold in waiting}
        since_yesterday = any(seen < today for seen in self._seen.values())
        plan = runs.stored_plan(run)
        if trusted and since_yesterday and plan is not None and self._true(plan, today):
            self._approve(run)

    def hr_answers(self, today: date) -> None:
        """Who is it? HR knows everybody: what was asked yesterday is answered as it is in truth."""
        admin = Actor.of(User.objects.get(username=maple.ADMIN.username))
        asked = {question.source_id: question for question in answers.open_questions(self.integration, admin)}
        self._asked = {source_id: self._asked.get(source_id, today) for source_id in asked}
        for source_id, since in self._asked.items():
            if since < today:
                self._answer(asked[source_id], admin)

    def _answer(self, question: Question, admin: Actor) -> None:
        key = self.payroll.of_id[question.source_id]
        for suggested in question.suggested:
            ids = suggested.user.links.values_list("source_id", flat=True)
            if any(self.payroll.of_id[one] == key for one in ids) and suggested.kinds:
                kind = suggested.kinds[0]
                answers.answer(
                    self.integration, question.source_id, kind=kind, user=suggested.user, actor=admin
                )
                return
        answers.answer(self.integration, question.source_id, kind="different", actor=admin)

    def manager_edits(self) -> None:
        """Now and then a manager corrects a phone number that payroll owns; the next night takes it back."""
        if self.random.random() > 0.15:
            return
        manager = User.objects.filter(links__source_id__in=self._ids(maple.MANAGER)).distinct().get()
        place = manager.memberships.get(role=Membership.MANAGER).location
        member = self.random.choice(
            list(
                Membership.objects.filter(
                    location=place, status=employee.Status.ACTIVE, role=Membership.STAFF
                )
                .select_related("user")
                .order_by("pk")[:40]
            )
        )
        number = f"(641) 555-01{self.random.randrange(100):02d}"
        actions.edit_user(member.user, {"phone": number}, actor=Actor.of(manager))

    def _ids(self, who: maple.SignIn) -> list[str]:
        return self.payroll.people[self.payroll.of_id[str(who.source_id)]].ids

    def _approve(self, run: Run) -> None:
        admin = Actor.of(User.objects.get(username=maple.ADMIN.username))
        try:
            runs.approve(run, plan_hash=run.plan_hash, actor=admin)
        except Refused:  # the day has changed the plan: read it anew, then approve what it shows now
            again = runs.reload(run)
            if not runs.is_waiting(again):
                return
            runs.approve(again, plan_hash=again.plan_hash, actor=admin)
        self.approvals += 1

    def _true(self, plan: Plan, today: date) -> bool:
        """HR asks payroll about everybody who would lose access: did they really leave, or move?"""
        for change in plan.held.filter(plan.held["removal"]).iter_rows(named=True):
            person = self.payroll.people[self.payroll.of_id[change["source_id"]]]
            if not (person.is_over(today) or person.last_day or change["verb"] == "transfer"):
                return False
        return True
