"""What the User List should say of one employee on one day: the whole of SPEC §6 that this life can show."""

from __future__ import annotations

from datetime import date

from tests.sync.plan.months.payroll import Employee

PLACES = {"MN": "Maple North", "MS": "Maple South"}
DUTIES = {"RN": "Registered Nurse", "LPN": "Practical Nurse", "CNA": "Nurse Aide"}
ZONES = {"E": "East", "W": "West"}
ENDED = ("terminated", "canceled", "inactive")
SIGNS_IN = ("upcoming", "active", "leave_of_absence")


def status(employee: Employee, today: date) -> str:
    """The status by payroll's word and its dates."""
    starts_later = employee.hired > today
    if employee.over(today) or employee.word == "Canceled":
        return "canceled" if employee.word == "Canceled" else "terminated"
    if employee.word == "Leave":
        return "leave_of_absence"
    if employee.word == "Suspended":
        return "suspended"
    return "upcoming" if starts_later else "active"


def own(employee: Employee) -> dict[str, str]:
    """Name and contact."""
    digits = "".join(c for c in employee.phone if c.isdigit())
    return {
        "first_name": employee.first,
        "last_name": employee.last,
        "email": employee.email,
        "phone": f"+1{digits}",
    }
