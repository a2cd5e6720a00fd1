"""The machine: payroll people, managers and HR do things at random, nights go by, and after each the promises hold.

The promises are said against the truth and a reference of one page, never against the plan's own reasoning:
nobody is doubled or taken over; nobody who works loses access; who is settled is as payroll says; what a guard
counts never goes through beyond its number; contractors and roles stay; the same night again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from schedulepop.sync.plan.frames.outcomes import BUCKETS
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.guard import FEED_RULE_NAMES
from tests.sync.plan.months import reference
from tests.sync.plan.months.lists import Nights
from tests.sync.plan.months.payroll import FIRST, LAST, Employee, Payroll
from tests.sync.plan.months.seats import POLICY, long_enough, seats

START = date(2026, 3, 9)
pick = st.integers(0, 99)
firsts, lasts = st.sampled_from(FIRST), st.sampled_from(LAST)


class Months(RuleBasedStateMachine):
    """One random month or so; subclasses say on which list."""

    make: Callable[[], Nights]

    def __init__(self) -> None:
        super().__init__()
        self.nights = type(self).make()
        self.payroll = Payroll()
        self.today = START
        self.feed = ""
        self.plan: Plan | None = None
        self.owner: dict[int, int] = {}  # user → the employee's key, for ever
        self.overrides: dict[int, tuple[str, date]] = {}  # user → value held against payroll, until
        self.absent: dict[int, list[date]] = {}  # key → nights whose file lacked them
        self.unnamed: dict[tuple[int, str], list[date]] = {}  # nights whose file named them, but not there
        self.dropped: frozenset[str] = frozenset()

    @initialize(staff=st.lists(st.tuples(firsts, lasts), min_size=4, max_size=9), contractor=st.booleans())
    def first_sync(self, staff: list[tuple[str, str]], contractor: bool) -> None:
        self.contractor = self.nights.add_contractor() if contractor else None
        for number, (first, last) in enumerate(dict.fromkeys(staff)):
            self.payroll.hire(first, last, date(2020, 3, 2 + number), place="MS" if number % 3 == 2 else "MN")
        self._night()

    # What payroll people type

    @rule(
        first=firsts, last=lasts, ahead=st.sampled_from((-3, 0, 0, 5, 9)), place=st.sampled_from(("MN", "MS"))
    )
    def hire(self, first: str, last: str, ahead: int, place: str) -> None:
        if len(self.payroll.employees) < 16:
            self.payroll.hire(first, last, self.today + timedelta(days=ahead), place=place)

    @rule(which=pick, ahead=st.sampled_from((-2, 0, 0, 4)))
    def terminate(self, which: int, ahead: int) -> None:
        someone = self._someone(which, working=True)
        if someone and someone.left is None and someone.hired < self.today - timedelta(days=5):
            someone.word, someone.left = "Terminated", self.today + timedelta(days=ahead)

    @rule(which=pick)
    def withdraw(self, which: int) -> None:
        """A hire who never starts, or a termination taken back before its day."""
        someone = self._someone(which)
        if someone and someone.hired > self.today:
            someone.word = "Canceled"
        elif someone and someone.left and someone.left > self.today:
            someone.word, someone.left = "Active", None

    @rule(which=pick)
    def rehire(self, which: int) -> None:
        gone = [e for e in self.payroll.employees if e.left and e.left < self.today and e.over(self.today)]
        if gone:
            someone = gone[which % len(gone)]
            someone.word, someone.left, someone.hired = "Active", None, self.today

    @rule(which=pick, word=st.sampled_from(("Leave", "Active", "Suspended")))
    def leave_or_return(self, which: int, word: str) -> None:
        someone = self._someone(which, working=True)
        if someone and someone.left is None and someone.hired <= self.today:
            someone.word = word

    @rule(which=pick, what=st.sampled_from(("phone", "email", "duty", "zone", "last", "place")), number=pick)
    def correct(self, which: int, what: str, number: int) -> None:
        someone = self._someone(which, working=True)
        if someone is None:
            return
        values = {
            "phone": f"(215) 555-01{number:02d}",
            "email": f"e{someone.key}.{number}@maple.org",
            "duty": ("RN", "LPN", "CNA")[number % 3],
            "zone": "EW"[number % 2],
            "last": LAST[number % len(LAST)],
            "place": ("MN", "MS")[number % 2],
        }
        if what != "place" or not someone.also:
            setattr(someone, what, values[what])

    @rule(which=pick)
    def second_job(self, which: int) -> None:
        """A second job at the other place, or its end without a word: the record is simply not there any more."""
        someone = self._someone(which, working=True)
        if someone and someone.left is None and someone.hired <= self.today:
            someone.also = "" if someone.also else {"MN": "MS", "MS": "MN"}[someone.place]

    @rule(which=pick)
    def renumber(self, which: int) -> None:
        someone = self._someone(which, working=True)
        if someone:
            someone.id = f"{int(someone.id) + 500}"

    # What people do in SchedulePop

    @rule(which=pick, number=pick)
    def edit_locally(self, which: int, number: int) -> None:
        user = self._user(self._someone(which, working=True))
        if user is not None and user not in self.overrides:
            self.nights.edit(user, "phone", f"+121555501{number:02d}", self.today)

    @rule(which=pick, days=st.integers(1, 12))
    def override(self, which: int, days: int) -> None:
        user = self._user(self._someone(which, working=True))
        if user is not None:
            held = f"held{user}@maple.org"
            self.nights.override(user, held, self.today, self.today + timedelta(days=days))
            self.overrides[user] = (held, self.today + timedelta(days=days))

    @precondition(lambda self: self.plan is not None)
    @rule()
    def answer_truly(self) -> None:
        """Whoever knows payroll answers what the last night asked."""
        assert self.plan is not None
        asked = self.plan.records.filter(
            (pl.col("bucket") == "held")
            & pl.col("reason").is_in(["possible_match", "found_elsewhere", "id_changed", "ambiguous"])
        )
        for source_id, reason in asked.select("source_id", "reason").unique(maintain_order=True).iter_rows():
            self._answer(source_id, reason)

    @rule(days=st.integers(1, 3), lost=st.sampled_from((0, 0, 0, 0, 1, 2, 5, 99)))
    def night(self, days: int, lost: int) -> None:
        """Some days later payroll sends its file; now and then a wrong filter drops people from it."""
        self.today += timedelta(days=days)
        self.dropped = frozenset(e.id for e in self.payroll.employees[:lost])
        self._night()

    @precondition(lambda self: self.plan is not None and self.plan.holds.height > 0)
    @rule()
    def approve(self) -> None:
        """HR asks payroll about everybody who would lose access, and approves only what is true."""
        assert self.plan is not None
        doubted = {"short", "empty", "column_gone", "column_blank", "rejects", "ids_changed", "field_change"}
        if self.dropped or not doubted.isdisjoint(self.plan.holds["rule"].to_list()):
            return
        if self.plan.changes.filter(pl.col("situation") == "missing").height:
            return
        before = self.nights.now(self.today)
        self.nights.approve(self.today)
        self._nobody_wrongly_removed(before, self.nights.now(self.today))
        self._nobody_doubled(self.nights.now(self.today))
        self.plan = None

    # What must hold

    def _night(self) -> None:
        first = self.plan is None and not self.feed
        before = self.nights.now(self.today)
        self.feed = self.payroll.feed(self.dropped)
        for employee in self.payroll.employees:
            shown = employee.id not in self.dropped
            employee.seen |= shown
            self.absent[employee.key] = [] if shown else [*self.absent.get(employee.key, []), self.today]
            for place in reference.PLACES:
                at, named = (employee.key, place), place in (employee.place, employee.also)
                self.unnamed[at] = [*self.unnamed.get(at, []), self.today] if shown and not named else []
        self.plan = self.nights.night(self.feed, self.today)
        after = self.nights.now(self.today)
        assert sum(self.plan.counts[bucket] for bucket in BUCKETS) == self.plan.counts["read"]
        self._nobody_doubled(after)
        self._nobody_wrongly_removed(before, after)
        if not first:
            self._no_more_than_the_guard_lets(before, after)
        self._settled_as_payroll_says(after)
        self._others_stay(before, after)
        if self.today.toordinal() % 3 == 0:  # the law of its own has more examples; here on every third night
            again = self.nights.again(self.feed, self.today)
            assert again.applicable.is_empty(), again.applicable.to_dicts()

    def _nobody_doubled(self, after: Snapshot) -> None:
        """A link never changes hands, and no employee is two users."""
        keys = {e.id: e.key for e in self.payroll.employees}
        for source_id, user in after.links.select("source_id", "user_id").iter_rows():
            key = keys.get(source_id)
            if key is not None:
                assert self.owner.setdefault(user, key) == key, "taken over"
        owners = list(self.owner.values())
        assert len(owners) == len(set(owners)), "doubled"

    def _nobody_wrongly_removed(self, before: Snapshot, after: Snapshot) -> None:
        """Whoever lost a seat has left, moved, is suspended, or was missing from enough files for enough days."""
        for user, place in seats(before) - seats(after):
            employee = self._employee(user)
            if employee is None:
                assert user != self.contractor
                continue
            true = employee.over(self.today) or employee.word == "Suspended"
            moved = place not in (employee.place, employee.also) and (user, employee.place) not in seats(
                before
            )
            nights = (self.absent.get(employee.key, []), self.unnamed.get((employee.key, place), []))
            assert true or moved or any(map(long_enough, nights)), f"{employee} lost {place}"

    def _no_more_than_the_guard_lets(self, before: Snapshot, after: Snapshot) -> None:
        lost: dict[str, set[int]] = {}
        for user, place in seats(before) - seats(after):
            lost.setdefault(place, set()).add(user)
        for place, users in lost.items():
            staged = before.members.filter(pl.col("ends_on") <= self.today)  # counted then
            due = set(staged["user_id"].to_list())
            too_many = f"{len(users)} removals went through at {place}"
            assert len(users - due) < POLICY.removals_location.floor, too_many

    def _settled_as_payroll_says(self, after: Snapshot) -> None:
        """Who was neither held nor left out is on the list as payroll says, but for what HR holds against it."""
        assert self.plan is not None
        going = self.plan.records.filter(~pl.col("bucket").is_in(["held", "rejected", "excluded"]))
        settled = going["source_id"].to_list()
        links = dict(after.links.select("source_id", "user_id").iter_rows())
        if self.plan.holds["rule"].is_in(FEED_RULE_NAMES).any():  # an answer waits with the feed
            settled = [one for one in settled if one in links or one not in self.plan.links["source_id"]]
        people = {row["user_id"]: row for row in after.people.iter_rows(named=True)}
        members = {(row["user_id"], row["location_id"]): row for row in after.members.iter_rows(named=True)}
        places = {name: pk for pk, name in after.locations.select("location_id", "name").iter_rows()}
        for source_id in settled:
            employee, user = self.payroll.of_id(source_id), links[source_id]
            said = reference.own(employee)
            held, until = self.overrides.get(user, ("", self.today))
            if until > self.today and said["email"] != held:
                said["email"] = held
            assert {name: people[user][name] for name in said} == said
            member = members[user, places[reference.PLACES[employee.place]]]
            assert member["status"] == reference.status(employee, self.today), employee
            names = (
                dict(after.duty_names.iter_rows()) | {None: None},
                dict(after.zone_names.iter_rows()) | {None: None},
            )
            assert names[0][member["duty_id"]] == reference.DUTIES[employee.duty]
            assert names[1][member["zone_id"]] == reference.ZONES[employee.zone]

    def _others_stay(self, before: Snapshot, after: Snapshot) -> None:
        """Roles are nobody's but SchedulePop's, and contractors are untouched."""
        roles = dict(after.members.select("membership_id", "role").iter_rows())
        assert all(
            roles[pk] == role for pk, role in before.members.select("membership_id", "role").iter_rows()
        )
        if self.contractor is not None:
            mine = pl.col("user_id") == self.contractor
            assert before.people.filter(mine).equals(after.people.filter(mine))
            assert before.members.filter(mine).drop("role").equals(after.members.filter(mine).drop("role"))

    # Who is who

    def _answer(self, source_id: str, reason: str) -> None:
        now = self.nights.now(self.today)
        employee = next((e for e in self.payroll.employees if e.id == source_id), None)
        if employee is None or source_id in self.dropped:
            return
        user = self._user(employee)
        if user is not None:
            places = {name: pk for pk, name in now.locations.select("location_id", "name").iter_rows()}
            here = (pl.col("user_id") == user) & (
                pl.col("location_id") == places[reference.PLACES[employee.place]]
            )
            kind = "same" if reason != "found_elsewhere" or now.members.filter(here).height else "transfer"
            self.nights.answer(source_id, kind, user, [])
        else:
            candidates: Any = self._candidates(source_id)
            self.nights.answer(source_id, "different", None, candidates)

    def _candidates(self, source_id: str) -> list[int]:
        assert self.plan is not None
        return [
            u for s, u in self.plan.suggestions.select("source_id", "user_id").iter_rows() if s == source_id
        ]

    def _someone(self, which: int, *, working: bool = False) -> Employee | None:
        found = self.payroll.employees
        if working:
            found = [e for e in found if not (e.over(self.today) or e.word == "Canceled")]
        return found[which % len(found)] if found else None

    def _employee(self, user: int) -> Employee | None:
        key = self.owner.get(user)
        return None if key is None else self.payroll.employees[key - 1]

    def _user(self, employee: Employee | None) -> int | None:
        return next((user for user, key in self.owner.items() if employee and key == employee.key), None)
