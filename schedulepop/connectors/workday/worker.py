"""A row of the report by our own names, whatever its aliases look like, and what it says of a worker today."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from schedulepop.connectors.contract import ConnectorError, UnreadableAnswerError
from schedulepop.connectors.records import day, pay
from schedulepop.connectors.workday.definition import COLUMNS as DEFINED

TITLE = "Workday"
NAMES = tuple(one.name for one in DEFINED)
DATES = tuple(one.name for one in DEFINED if one.kind == "Date")
NEEDED = frozenset(one.name for one in DEFINED if one.need == "needed") - {"Termination_Date"}
"""What somebody always has: a report in which nobody has it lacks the column. Nobody may have left so far."""
CONTACTS = ("Email", "Phone", "Work_Email", "Personal_Email", "Mobile_Phone", "Home_Phone", "Work_Phone")
PAY = tuple(one.name for one in DEFINED if one.need == "pay")
COLUMNS = ("Email", "Phone", *NAMES)
_BY_FOLDED = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in NAMES}
# fmt: off
_PRIVATE = frozenset((
    "birth", "birthdate", "dob", "ssn", "sin", "social", "national", "nationality", "passport", "visa", "tax", "gender",
    "sex", "ethnicity", "ethnic", "race", "marital", "religion", "disability", "veteran", "medical", "health",
    "bank", "iban", "account", "routing", "address", "street", "city", "postal", "zip",
    "pay", "salary", "wage", "wages", "bonus", "compensation", "amount", "earnings",
))
# fmt: on
"""Words of columns that nobody asked for and that never leave here: of persons, health, homes, banks and money."""
YES = frozenset({"1", "true", "yes", "y"})
NOT_YET = frozenset({"inactive", "terminated", "no", "0", "false"})
"""What a status may say of somebody whose first day is to come."""


def named(entries: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Rows as `{"key", "own": {our column: value}, "more": {theirs: value}}`; what comes twice alike comes once.

    Raises UnreadableAnswerError for a row that is none, ConnectorError where one job of somebody has rows that differ.
    """
    seen: dict[str, int] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            raise UnreadableAnswerError(f"{TITLE} sent a row in a form it does not document.")
        own: dict[str, Any] = {}
        more: dict[str, Any] = {}
        for alias, value in entry.items():
            if name := _column(alias):
                own[name] = own.get(name) or value
            elif not _private(alias):
                more[alias] = value
        key = f"{own.get('Employee_ID') or ''}|{own.get('Position_ID') or ''}"
        content = hash(repr(sorted(entry.items())))
        if seen.setdefault(key, content) != content and key != "|":
            raise ConnectorError(
                f"{TITLE}: the report has rows that differ for one worker (Employee_ID) and position (Position_ID). "
                "Take out the columns that repeat workers, or add Position_ID and Primary_Job."
            )
        yield {"key": key if key != "|" else "", "own": own, "more": more}


@lru_cache(4096)
def _column(alias: str) -> str | None:
    return _BY_FOLDED.get(re.sub(r"[^a-z0-9]", "", alias.lower()))


@lru_cache(4096)
def _private(alias: str) -> bool:
    words = set(re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", alias).lower()))
    return bool(words & _PRIVATE) and "email" not in words


def missing(seen: Iterable[str]) -> str:
    """A sentence about needed columns that nobody has, or nothing."""
    lacking = [name for name in NAMES if name in NEEDED - set(seen)]
    if not lacking:
        return ""
    return (
        f"{TITLE}: the report has no {', '.join(lacking)}, or nobody has any. Compare its XML aliases with the sheet "
        "“Ask payroll for this report”."
    )


def given(row: dict[str, Any]) -> set[str]:
    """Our columns of which the row has a value."""
    return {name for name, value in row["own"].items() if value not in (None, "")}


def flatten(row: dict[str, Any], today: date) -> list[dict[str, Any]]:
    """The row with one email, one phone, and dates, status and pay as they are understood."""
    own = {name: row["own"].get(name) for name in NAMES}
    own |= {name: _day(own[name]) for name in DATES}
    status, ended = _status(own, today)
    rate, unit = pay(own["Pay_Rate"], _unit(own["Pay_Frequency"]))
    made = {
        "Email": own["Work_Email"] or own["Personal_Email"],
        "Phone": own["Mobile_Phone"] or own["Home_Phone"],
        "Worker_Status": status,
        "Termination_Date": ended,
        "Pay_Rate": rate or None,
        "Pay_Frequency": unit or None,
    }
    return [{"own": own | made, "more": row["more"]}]


def starts_later(row: dict[str, Any], today: date) -> bool:
    """Whether somebody's first day is to come."""
    return str(_day(row["own"].get("Hire_Date")) or "") > today.isoformat()


def found(row: dict[str, Any]) -> dict[str, Any]:
    """Columns that the report has besides."""
    return {f"Custom: {name}": value for name, value in row["more"].items()}


def _status(own: dict[str, Any], today: date) -> tuple[Any, str | None]:
    """Status and last day. A last day before the latest hire is of an earlier employment.

    Who is hired for a day ahead is to come, also where Workday calls them inactive so far, or terminated since the last
    time; canceled where the last day is that first one.
    """
    word, hired, ended = own["Worker_Status"], own["Hire_Date"] or "", own["Termination_Date"]
    said = str(word or "").strip().casefold()
    earlier = bool(ended and hired and ended < hired)
    if hired > today.isoformat() and said in NOT_YET:
        return "Canceled" if ended == hired else "Upcoming", None if earlier else ended
    if earlier and said not in NOT_YET:
        ended = None
    away = str(own["On_Leave"]).strip().casefold() in YES
    return ("On Leave" if away and said == "active" else word), ended


def _day(value: Any) -> Any:
    """The day of a date with or without a zone (`2026-01-12-08:00`); what is written otherwise stays as it is."""
    return day(value) if re.match(r"\d{4}-\d\d-\d\d", str(value)) else value


def _unit(frequency: Any) -> str:
    """Workday's frequency with the sign in it that only some tenants write: Semi-monthly, Bi Weekly."""
    plain = re.sub(r"[\s_-]", "", str(frequency or "")).capitalize()
    return plain if plain in ("Semimonthly", "Biweekly", "Quarterly") else str(frequency or "")
