"""Reading a platform's record, in which anything may be missing: never an error, never a guess."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

TIMES_A_YEAR = {"Semimonthly": 24, "Quarterly": 4, "Half-yearly": 2}
"""Pay periods for which there is no unit of pay: told by the year, exactly."""


def part(of: Any, *path: str) -> dict[str, Any]:
    """The part at a path of names; empty when there is none."""
    for name in path:
        of = of.get(name) if isinstance(of, dict) else None
    return of if isinstance(of, dict) else {}


def items(of: Any, name: str) -> list[dict[str, Any]]:
    """The list of that name; empty when there is none."""
    value = of.get(name) if isinstance(of, dict) else None
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def first(of: list[dict[str, Any]], get: Callable[[dict[str, Any]], str | None]) -> str | None:
    """The first that gives something."""
    return next((value for one in of if (value := get(one))), None)


def day(value: Any) -> str | None:
    """The day of a date or of a date with a time, as written, without a zone: none for years that mask one."""
    return value[:10] if isinstance(value, str) and value[:4] not in ("0000", "0001", "") else None


def ended(last: Any, hired: Any, *, has_left: bool) -> str | None:
    """The last day. Of somebody who works here none before the latest hire: an earlier employment ended then."""
    left, began = day(last), day(hired)
    return None if left and began and left < began and not has_left else left


def pay(amount: Any, unit: str) -> tuple[Any, str]:
    """The amount and its unit, by the year where nobody counts pay by that unit."""
    times = TIMES_A_YEAR.get(unit)
    if times is None or not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,8})?", str(amount)):
        return amount, unit
    return format(Decimal(str(amount)) * times, "f"), "Annual"


def in_force(dated: list[dict[str, Any]], today: date, since: str = "effective_date") -> dict[str, Any]:
    """Of rows with a day each, the latest that has begun by `today`; before any has, the first; empty without rows.

    A row without a day has always been in force. Of several of one day it is the last one in the list.
    """
    ordered = sorted(dated, key=lambda one: day(one.get(since)) or "")
    begun = [one for one in ordered if (day(one.get(since)) or "") <= today.isoformat()]
    return begun[-1] if begun else (ordered or [{}])[0]


def phone(country: Any, area: Any, number: Any) -> str | None:
    """A number that comes in parts; with the country's code where that is not the one of North America."""
    country, area, number = (str(one or "").strip() for one in (country, area, number))
    if not number:
        return None
    return " ".join(filter(None, (f"+{country}" if country not in ("", "1") else "", area, number)))
