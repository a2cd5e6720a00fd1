"""Payroll as it is in truth: who works where, under which ID, and the export it writes each morning.

The truth is kept per person (`key`), whatever payroll calls them, so that a judge can tell whether somebody was
removed wrongly or made twice, even after a vendor switch has renumbered everybody.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date, timedelta

from schedulepop.cli.demo import maple_health as maple

SHOWN_AFTER_LEAVING = timedelta(days=45)  # how long payroll's export goes on showing somebody who left
ENDED = frozenset({"Resigned", "Terminated", "Rescinded"})


@dataclass
class Person:
    """One person in truth, with the record payroll has of them today."""

    key: int
    record: dict[str, str]
    ids: list[str] = field(
        default_factory=list
    )  # every payroll ID this person ever had, the present one last

    @property
    def id(self) -> str:
        """The payroll ID of today."""
        return self.ids[-1]

    @property
    def name(self) -> str:
        """As people say it."""
        return f"{self.record['Legal First Name']} {self.record['Legal Last Name']}"

    @property
    def location(self) -> str:
        """Payroll's code of the facility."""
        return self.record["Facility Code"]

    @property
    def last_day(self) -> date | None:
        """The termination date, if payroll has one."""
        return day(self.record["Termination Date"])

    @property
    def starts(self) -> date:
        """The latest hire date."""
        return day(self.record["Hire Date"]) or date.min

    def is_over(self, today: date) -> bool:
        """Whether a correct reading of payroll says on this day that the employment is over."""
        if self.record["Employment Status"] == "Rescinded":
            return True
        if (
            self.last_day is not None
        ):  # a last day counts whatever the word says: it passes, or it is still to come
            return self.last_day <= today
        return self.record["Employment Status"] in ENDED

    def works(self, today: date) -> bool:
        """Employed and begun: no leave, no first day to come, no last day passed."""
        return (
            self.record["Employment Status"] == "Active" and self.starts <= today and not self.is_over(today)
        )


class Payroll:
    """The payroll system: people by key, in the order they were entered."""

    def __init__(self, start: date) -> None:
        self.people: dict[int, Person] = {}
        self.of_id: dict[str, int] = {}
        for record in csv.DictReader(io.StringIO(maple.first_feed(start).decode("utf-8-sig"))):
            self.enter(dict(record))

    def enter(self, record: dict[str, str]) -> Person:
        """A new person, with the ID the record carries."""
        person = Person(len(self.people) + 1, record)
        self.people[person.key] = person
        self.call(person, record[maple.ID_COLUMN])
        return person

    def call(self, person: Person, payroll_id: str) -> None:
        """From now on this person has that ID."""
        person.ids.append(payroll_id)
        person.record[maple.ID_COLUMN] = payroll_id
        self.of_id[payroll_id] = person.key

    def records(self, today: date) -> list[dict[str, str]]:
        """Who is in the export: everybody employed, and who left not long ago."""
        return [
            p.record
            for p in self.people.values()
            if not p.is_over(today) or (p.last_day or p.starts) > today - SHOWN_AFTER_LEAVING
        ]

    def export(self, today: date) -> bytes:
        """The file as payroll writes it."""
        return written(self.records(today))

    def crosswalk(self, new_ids: dict[int, str]) -> bytes:
        """The vendor's file of old and new IDs, and everybody renamed in payroll."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(["old_id", "new_id"])
        for key, new in new_ids.items():
            writer.writerow([self.people[key].id, new])
            self.call(self.people[key], new)
        return out.getvalue().encode()


def written(records: list[dict[str, str]]) -> bytes:
    """Records as a payroll system on Windows writes them."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(records[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue().encode("utf-8-sig")


def day(text: str) -> date | None:
    """MM/DD/YYYY; nothing for a blank."""
    if not text:
        return None
    month, number, year = text.split("/")
    return date(int(year), int(month), int(number))


def us(value: date) -> str:
    """MM/DD/YYYY."""
    return value.strftime("%m/%d/%Y")
