"""File profiles: reports of payrolls that send files, known by their headers. One TOML file each, its name is the key.

A file is recognized by headers alone, when enough of them are distinctive of one profile; never by a guess between
two. Each says what it was checked against: public notes about the payroll's reports, or our own definition of a report,
which is what its sheet asks payroll for. None was tried with a customer's own file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from schedulepop.connectors.contract import CheckedAgainst
from schedulepop.lib.text import fold_header

WHO = ("source_id", "full_name", "last_name")
"""Fields that say whom a row is about."""


class Profile(BaseModel):
    """One payroll's report. Headers are compared without case, spaces and signs."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: str  # in addresses; a platform's kind where the payroll is connected by its API, too
    title: str
    checked_against: CheckedAgainst
    source: str  # where the headers are from, in a line
    where: str  # for whoever runs payroll: where such a report is made
    distinctive: tuple[str, ...]  # headers that the reports of nobody else have
    enough: int = 3  # so many of them make it this report; with one renamed, it still has more
    columns: dict[str, tuple[str, ...]]  # canonical field → headers that give it, the best first
    dates: str  # how it writes days, where the values do not prove it
    statuses: dict[str, str] = {}  # its own words → employment status, beside the usual ones
    pay_unit: str = ""  # of its rates, where there is no column for it

    def has(self, headers: Iterable[str]) -> list[str]:
        """Which of its distinctive headers are among these."""
        found = {compact(header) for header in headers}
        return [header for header in self.distinctive if compact(header) in found]

    def names_people(self, headers: Iterable[str]) -> bool:
        """Whether one of its headers for an ID or a name is among these: a list of positions is no list of people."""
        found = {compact(header) for header in headers}
        return any(compact(header) in found for field in WHO for header in self.columns.get(field, ()))


def compact(header: str) -> str:
    """What of a header is compared."""
    return fold_header(header).replace(" ", "")


@cache
def profiles() -> dict[str, Profile]:
    """Every profile by its key, by title."""
    read = [
        Profile(key=path.stem, **tomllib.loads(path.read_text("utf-8")))
        for path in Path(__file__).parent.glob("*.toml")
    ]
    return {one.key: one for one in sorted(read, key=lambda one: one.title.casefold())}


def recognize(headers: Iterable[str]) -> tuple[Profile, ...]:
    """Whose report this is: one, none, or several of which each could be it."""
    names = list(headers)
    return tuple(
        one for one in profiles().values() if len(one.has(names)) >= one.enough and one.names_people(names)
    )
