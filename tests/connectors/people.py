"""250 invented people, two nights of them, and a platform that tells of them: one truth in every dialect."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib import import_module
from typing import Any

from schedulepop.connectors import REGISTRY
from schedulepop.connectors.testing import Stub

Record = dict[str, Any]
FIRST = ("Odalys", "Bertrand", "Ximena", "Halvard", "Nerys", "Caspian", "Jolanta", "Emeka", "Fenna", "Rufus")
LAST = ("Achterberg", "Bellweather", "Castellanos", "Drummond", "Eastlake", "Fairweather", "Gadsby", "Hollis")
HIRES = {901: ("Tamsin", "Okonkwo-Reyes"), 902: ("Leopold", "Vandersteen")}
HOMES, JOBS, UNITS = ("Birchwood", "Alderway"), ("RN", "LPN", "CNA"), ("MC", "EW")


@dataclass(frozen=True)
class Person:
    """What payroll knows of somebody. `pay` in cents an hour."""

    number: int
    home: str
    job: str
    unit: str
    pay: int
    hired: str
    left: str = ""

    @property
    def id(self) -> str:
        return f"00{self.number:06d}"

    @property
    def names(self) -> tuple[str, str]:
        if self.number in HIRES:
            return HIRES[self.number]
        return f"{FIRST[self.number % 10]}{chr(97 + self.number // 80 % 26)}", LAST[self.number % 8]

    @property
    def email(self) -> str:
        return f"person{self.number}@maplehealth.example"


def people(count: int = 250) -> list[Person]:
    return [
        Person(
            number,
            HOMES[number % 2],
            JOBS[number % 3],
            UNITS[number // 2 % 2],
            2_000 + number,
            f"{2010 + number % 15}-03-01",
        )
        for number in range(1, count + 1)
    ]


def next_night(before: list[Person], today: date) -> list[Person]:
    """Two hires, two leavers, a raise and a transfer."""
    changed = {one.number: one for one in before}
    changed[7] = replace(changed[7], pay=2_207)
    changed[8] = replace(changed[8], home=HOMES[1], unit="EW")
    for number in (20, 21):
        changed[number] = replace(changed[number], left=str(today - timedelta(days=1)))
    for number in HIRES:
        changed[number] = Person(number, HOMES[0], "CNA", "MC", 2_100, str(today - timedelta(days=2)))
    return list(changed.values())


@dataclass(frozen=True)
class Platform:
    """A stub's dialect, with its settings and secrets."""

    kind: str
    config: dict[str, str]
    secrets: dict[str, str]
    homes: dict[str, str]  # name → code
    stub: Callable[..., Stub]
    tell: Callable[[Record, Person, str], None]  # makes the template this person's, who works at this code
    template: Record

    @contextlib.contextmanager
    def up(self, settings: Any, told: list[Person]) -> Iterator[Stub]:
        """The stub with these people, and an installation that may call it."""
        with self.stub([]) as stub:
            stub.tells(self.records(told))
            settings.ROUTES, settings.ALLOW_HOSTS = stub.routes, ("127.0.0.1",)
            yield stub

    def records(self, people: list[Person]) -> list[Record]:
        """These people as the platform has them."""
        found = []
        for one in people:
            record = deepcopy(self.template)
            self.tell(record, one, self.homes[one.home])
            found.append(record)
        return found


def platforms() -> list[Platform]:
    """Every payroll platform of the registry: each has its `platform.py` beside its tests."""
    return [platform(kind) for kind, connector in REGISTRY.items() if connector.columns]


def platform(kind: str) -> Platform:
    """One of them."""
    found: Platform = import_module(f"tests.connectors.{kind}.platform").PLATFORM
    return found
