"""How long an organization keeps things: the periods it may set, their defaults and limits (SPEC is silent; ADR 0021).

What the limits stand for: no plan goes before a week of holds and undo is over; a facility's files of a drop address
are chosen among those of 60 days (`connectors.sftp.choosing`); payroll records are kept 3 years by federal law.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Period:
    """One period, in `unit`s."""

    field: str  # of Organization
    what: str  # what goes when it is over
    unit: str  # days or years
    default: int
    least: int
    most: int

    @property
    def refusal(self) -> str:
        """Why another value is not taken."""
        return f"{self.what[0].upper()}{self.what[1:]} are kept between {self.least} and {self.most} {self.unit}."


PERIODS = (
    Period("keep_feeds_days", "payroll files", "days", 90, 60, 730),
    Period("keep_plans_days", "plans of runs", "days", 30, 7, 365),
    Period("keep_history_years", "history and the audit trail", "years", 7, 3, 15),
)
BY_FIELD = {one.field: one for one in PERIODS}


def checked(field: str, given: object) -> int:
    """The value as stored. Raises ValueError with a sentence."""
    period = BY_FIELD[field]
    try:
        value = int(str(given).strip())
    except ValueError:
        raise ValueError(period.refusal) from None
    if not period.least <= value <= period.most:
        raise ValueError(period.refusal)
    return value
