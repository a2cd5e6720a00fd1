"""What happens in payroll on which day of the year, from one seed: the same year each time.

Turnover is entered on paydays, every second Friday; most hires are dated ahead; leaves follow the seasons; in
January everybody gets a raise. Two mistakes are made and corrected two days later.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from schedulepop.cli.demo import maple_health as maple
from simulation.names import FIRST, LAST
from simulation.payroll import Payroll, Person, us

TURNOVER = 0.51  # of the staff, a year
REHIRES = 0.06  # of the hires: people who left and come back under their old ID
WITHDRAWN = 0.04  # of the hires dated ahead
MOVED = 0.08  # of the hires dated ahead: another first day
AREA_CODES = ("712", "641", "515", "319", "563", "740", "614", "937", "330", "216")
Deed = Callable[[date], None]


@dataclass
class Happenings:
    """Everything payroll people type, day by day."""

    payroll: Payroll
    start: date
    days: int
    seed: int = 1
    hired: dict[int, date] = field(default_factory=dict)  # key of each hire → the day it was entered
    rehired: dict[int, date] = field(default_factory=dict)
    _later: dict[date, list[Deed]] = field(default_factory=dict)
    _serial: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.headcount = sum(1 for p in self.payroll.people.values() if not p.is_over(self.start))
        self.first_payday = self.start + timedelta(days=(4 - self.start.weekday()) % 7)
        self.taken = {p.name for p in self.payroll.people.values()}
        self._mistakes()

    @property
    def raise_day(self) -> date | None:
        """The second of January, if the year reaches it."""
        found = date(self.start.year + 1, 1, 2)
        return found if self.start < found < self.start + timedelta(days=self.days) else None

    def is_payday(self, today: date) -> bool:
        """Every second Friday."""
        return today >= self.first_payday and (today - self.first_payday).days % 14 == 0

    def enter(self, today: date) -> None:
        """What is typed on this day before the export is written."""
        for deed in self._later.pop(today, []):
            deed(today)
        if self.is_payday(today):
            self._payday(today)
        elif self.random.random() < 0.15:
            self._hire(today)
        for _ in range(self.random.choice((0, 0, 1, 1, 2))):
            self._small_change(today)
        self._leaves(today)
        if self.random.random() < 12 / 365:
            self._transfer(today)
        if today == self.raise_day:
            for person in self._working(today):
                self._raise(person, Decimal("1.035"))

    def _payday(self, today: date) -> None:
        leavers = round(self.headcount * TURNOVER * 14 / 365 + self.random.uniform(-1, 1))
        for person in self.random.sample(self._removable(today), max(0, leavers)):
            ahead = self.random.choice((-3, -2, -1, 0, 0, 7, 14))
            word = self.random.choice(("Resigned", "Resigned", "Terminated"))
            person.record |= {
                "Employment Status": word,
                "Termination Date": us(today + timedelta(days=ahead)),
            }
        missing = self.headcount - sum(1 for p in self.payroll.people.values() if not p.is_over(today))
        for _ in range(max(1, min(missing, leavers + 2))):
            self._hire(today)

    def _hire(self, today: date) -> None:
        if self.random.random() < REHIRES and self._rehire(today):
            return
        ahead = self.random.choice((0, 3, 3, 7, 10, 14, 14, 21))
        pattern = self.random.choice(
            [p for p in self._working(today) if "Admin" not in p.record["Job Title"]]
        )
        first_day = us(today + timedelta(days=ahead))
        first, last = self._name()
        self._serial += 1
        person = self.payroll.enter(
            pattern.record
            | {
                maple.ID_COLUMN: f"{self.random.randrange(10**7, 10**8):08d}",
                "Employee Number": f"{9000 + self._serial:06d}",
                "Legal First Name": first,
                "Legal Last Name": last,
                "Hire Date": first_day,
                "Original Hire Date": first_day,
                "Work Email": f"{first}.{last}@example.com".lower(),
                "Mobile Phone": self._phone(),
                "Termination Date": "",
                "Employment Status": "Pre-Hire" if ahead else "Active",
            }
        )
        self.hired[person.key] = today
        if ahead:
            self._ahead(person, today, ahead)

    def _ahead(self, person: Person, today: date, ahead: int) -> None:
        """A hire dated ahead begins, or is moved, or is withdrawn."""
        chance = self.random.random()
        if chance < WITHDRAWN and ahead > 3:
            self._at(
                today + timedelta(days=2), lambda d: person.record.update({"Employment Status": "Rescinded"})
            )
            return
        if chance < WITHDRAWN + MOVED and ahead > 3:
            moved = us(today + timedelta(days=ahead + 7))
            self._at(
                today + timedelta(days=2),
                lambda d: person.record.update({"Hire Date": moved, "Original Hire Date": moved}),
            )
            ahead += 7
        self._at(today + timedelta(days=ahead), lambda d: self._begin(person))

    @staticmethod
    def _begin(person: Person) -> None:
        if person.record["Employment Status"] == "Pre-Hire":
            person.record["Employment Status"] = "Active"

    def _rehire(self, today: date) -> bool:
        left = [
            p
            for p in self.payroll.people.values()
            if p.last_day
            and today - timedelta(days=200) < p.last_day < today - timedelta(days=20)
            and p.is_over(today)
        ]
        if not left:
            return False
        person = self.random.choice(left)
        person.record |= {"Employment Status": "Active", "Termination Date": "", "Hire Date": us(today)}
        self.rehired[person.key] = today
        return True

    def _small_change(self, today: date) -> None:
        person = self.random.choice(self._working(today))
        what = self.random.randrange(4)
        if what == 0:
            person.record["Mobile Phone"] = self._phone()
        elif what == 1:
            place = next(p for p in maple.LOCATIONS if p.code == person.location)
            person.record["Home Department"] = self.random.choice(place.zones).code
        elif what == 2:
            mailbox = person.record["Work Email"].partition("@")[0].rstrip("0123456789")
            person.record["Work Email"] = f"{mailbox}{self.random.randrange(1000)}@example.com"
        else:
            self._raise(person, Decimal("1.06"))

    def _leaves(self, today: date) -> None:
        """Summer and the holidays see more leaves than the rest of the year."""
        season = 0.22 if today.month in (6, 7, 8, 12) else 0.08
        if self.random.random() < season:
            person = self.random.choice(self._working(today))
            person.record["Employment Status"] = self.random.choice(("FMLA", "Leave of Absence"))
            back = today + timedelta(days=self.random.choice((14, 28, 42)))
            self._at(back, lambda d: self._come_back(person))

    @staticmethod
    def _come_back(person: Person) -> None:
        if person.record["Employment Status"] in ("FMLA", "Leave of Absence"):
            person.record["Employment Status"] = "Active"

    def _transfer(self, today: date) -> None:
        person = self.random.choice(self._removable(today))
        place = self.random.choice([p for p in maple.LOCATIONS if p.code != person.location])
        person.record |= {
            "Facility Code": place.code,
            "Home Department": self.random.choice(place.zones).code,
        }

    def _mistakes(self) -> None:
        """A wrong rate and a wrongly terminated nurse, each corrected two days later."""
        third, half = self.start + timedelta(days=self.days // 3), self.start + timedelta(days=self.days // 2)
        self._at(third, self._wrong_rate)
        self._at(half, self._wrong_termination)

    def _wrong_rate(self, today: date) -> None:
        person = self.random.choice(self._working(today))
        right = person.record["Hourly Rate"]
        self._raise(person, Decimal("1.4"))
        self._at(today + timedelta(days=2), lambda d: person.record.update({"Hourly Rate": right}))

    def _wrong_termination(self, today: date) -> None:
        nurses = [p for p in self._removable(today) if p.record["Job Code"] == "RN-01"]
        person = self.random.choice(nurses)
        person.record |= {"Employment Status": "Terminated", "Termination Date": us(today)}
        self.mistaken = person.key
        self._at(
            today + timedelta(days=2),
            lambda d: person.record.update({"Employment Status": "Active", "Termination Date": ""}),
        )

    @staticmethod
    def _raise(person: Person, factor: Decimal) -> None:
        rate = Decimal(person.record["Hourly Rate"] or "20")
        person.record["Hourly Rate"] = str((rate * factor).quantize(Decimal("0.01")))

    def _working(self, today: date) -> list[Person]:
        return [p for p in self.payroll.people.values() if p.works(today)]

    def _removable(self, today: date) -> list[Person]:
        """Working people who are nobody's manager in the demo and are not leaving already."""
        kept = {s.source_id for s in maple.SIGN_INS if s.source_id}
        return [p for p in self._working(today) if not p.last_day and kept.isdisjoint(p.ids)]

    def _name(self) -> tuple[str, str]:
        while True:
            first, last = self.random.choice(FIRST), self.random.choice(LAST)
            if f"{first} {last}" not in self.taken:
                self.taken.add(f"{first} {last}")
                return first, last

    def _phone(self) -> str:
        return f"({self.random.choice(AREA_CODES)}) 555-01{self.random.randrange(100):02d}"

    def _at(self, when: date, deed: Deed) -> None:
        self._later.setdefault(when, []).append(deed)
