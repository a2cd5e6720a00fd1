"""Payroll in truth: employees by a key of their own, whatever ID they have, and the file of tonight."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

HEADER = (
    "Employee ID,Employee Number,First Name,Last Name,Email,Phone,Location,Job Code,Department,Status,Hire Date,"
    "Termination Date"
)
FIRST = ("Ann", "Bob", "Cat", "Dan", "Eva", "Finn")
LAST = ("Lee", "Ray", "Diaz", "Okafor", "Novak")


@dataclass
class Employee:
    """One employee in truth."""

    key: int
    id: str
    first: str
    last: str
    email: str
    place: str = "MN"  # or MS
    also: str = ""  # a second job at the other place
    duty: str = "RN"
    zone: str = "E"
    word: str = "Active"
    hired: date = date(2020, 3, 2)
    left: date | None = None
    seen: bool = False  # payroll's file has shown this employee
    phone: str = "(215) 555-0100"

    @property
    def number(self) -> str:
        """Payroll's number, which survives a new ID."""
        return f"E{self.key:04d}"

    def lines(self) -> list[str]:
        """The record, or one for each place."""
        left = f"{self.left}" if self.left else ""
        return [
            f"{self.id},{self.number},{self.first},{self.last},{self.email},{self.phone},{place},{self.duty},"
            f"{self.zone},{self.word},{self.hired},{left}"
            for place in (self.place, self.also)
            if place
        ]

    def over(self, today: date) -> bool:
        """A correct reading of payroll says on this day that the employment is over."""
        if self.left is not None:
            return self.left <= today
        return self.word in ("Terminated", "Canceled")


@dataclass
class Payroll:
    """Everybody payroll ever had, in order."""

    employees: list[Employee] = field(default_factory=list)

    def hire(self, first: str, last: str, hired: date, **more: str) -> Employee:
        """A new employee with an ID of their own."""
        key = len(self.employees) + 1
        email = f"{first}.{last}{key}@maple.org".lower()
        person = Employee(key, f"{1000 + key}", first, last, email, hired=hired, **more)
        self.employees.append(person)
        return person

    def of_id(self, source_id: str) -> Employee:
        """Whose ID this is now."""
        return next(e for e in self.employees if e.id == source_id)

    def feed(self, without: frozenset[str] = frozenset()) -> str:
        """Tonight's file; `without` are the IDs a wrong filter drops."""
        return "\n".join(
            [HEADER, *(line for e in self.employees if e.id not in without for line in e.lines()), ""]
        )
