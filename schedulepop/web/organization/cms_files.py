"""The lists of CMS codes as rows of a file: duties with their codes, ID changes of a quarter, its employees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from schedulepop.directory.labor import Line
from schedulepop.sync.cms.employee_section import Section
from schedulepop.sync.models import IdChange

CODE_TITLES = ("Location", "Duty", "People", "CMS code", "Title", "Category")
CHANGE_TITLES = ("Name", "Old ID", "New ID", "Changed on", "Integration", "By")
EMPLOYEE_TITLES = ("Employee ID", "Name", "Hired", "Ended")


def codes(lines: Iterable[Line]) -> Iterator[list[str]]:
    """One row a duty."""
    for one in lines:
        code = one.code
        about = [str(code.code), code.title, code.category] if code else ["", "", ""]
        yield [one.location.name, one.duty.name, str(one.people), *about]


def changes(found: Iterable[IdChange]) -> Iterator[list[str]]:
    """One row an ID that was replaced."""
    for one in found:
        day = one.changed_on.isoformat()
        yield [
            one.user.full_name if one.user else "",
            one.old_id,
            one.new_id,
            day,
            one.integration.name,
            one.by,
        ]


def employees(section: Section) -> Iterator[list[str]]:
    """One row a person whom the section holds, with the name for the reader."""
    for one in section.employees:
        yield [one.employee_id, one.name, _day(one.hired), _day(one.ended)]


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
