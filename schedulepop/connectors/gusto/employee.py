"""One employee of Gusto as rows: a job each, with the place and the pay in force, and the employment by its dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from schedulepop.connectors.records import day, in_force, items

PAY = ("Pay Rate", "Pay Unit", "Pay Effective Date", "FLSA Status")
HISTORY = ("Original Hire Date", "Rehire Date")
LONG_AGO = timedelta(days=90)
"""Since the last day: of whoever left before that, nobody needs to know the first hire."""


def left_long_ago(person: dict[str, Any], today: date) -> bool:
    """Whether somebody has left, and more than 90 days ago."""
    last = _last_day(person)
    return person.get("terminated") is True and last is not None and last < str(today - LONG_AGO)


def flatten(person: dict[str, Any], today: date) -> list[dict[str, Any]]:
    """A row per job, one of them primary; somebody without any, who is being onboarded, is a row, too."""
    jobs = items(person, "jobs") or [{}]
    primary = next((job for job in jobs if job.get("primary") is True), jobs[0])
    custom = {
        f"Custom: {str(one.get('name')).strip()}": one.get("value")
        for one in items(person, "custom_fields")
        if one.get("name") and one.get("type") != "currency"
    }
    whole = _person(person) | _employment(person, primary, today) | _place(person, today)
    return [{"own": whole | _job(job, job is primary, today), "custom": custom} for job in jobs]


def _person(person: dict[str, Any]) -> dict[str, Any]:
    return {
        "Employee ID": person.get("uuid"),
        "Employee Code": person.get("employee_code"),
        "First Name": person.get("first_name"),
        "Last Name": person.get("last_name"),
        "Preferred Name": person.get("preferred_first_name"),
        "Email": person.get("work_email") or person.get("email"),
        "Work Email": person.get("work_email"),
        "Personal Email": person.get("email"),
        "Phone": person.get("phone"),
        "Department": person.get("department"),
        "Department ID": person.get("department_uuid"),
        "Employment Type": person.get("current_employment_status"),
        "Onboarding Status": person.get("onboarding_status"),
    }


def _employment(person: dict[str, Any], primary: dict[str, Any], today: date) -> dict[str, Any]:
    """Status and dates of the latest employment. A last day before it is an earlier one's."""
    hires = sorted(
        {hired for one in items(person, "employment_history") if (hired := day(one.get("hire_date")))}
    )
    hired = hires[-1] if hires else day(primary.get("hire_date")) or day(person.get("hired_at"))
    last = _last_day(person)
    if last and hired and hired > last:
        last, here = None, True  # hired again
    else:
        here = person.get("terminated") is not True or (last is not None and last > str(today))
    begun = person.get("onboarded") is not False
    return {
        "Status": ("Active" if begun else "Upcoming") if here else "Terminated",
        "Hire Date": hired,
        "Original Hire Date": hires[0] if hires else None,
        "Rehire Date": hires[-1] if len(hires) > 1 else None,
        "Termination Date": last,
    }


def _last_day(person: dict[str, Any]) -> str | None:
    """The latest last day of work that was ever told, also one ahead."""
    return max(
        (last for one in items(person, "terminations") if (last := day(one.get("effective_date")))),
        default=None,
    )


def _place(person: dict[str, Any], today: date) -> dict[str, Any]:
    """Where somebody works today. A place of a company has an ID and an address, and no name."""
    place = in_force(items(person, "work_addresses"), today)
    parts = (place.get(name) for name in ("street_1", "street_2", "city", "state"))
    return {
        "Work Location": ", ".join(str(one).strip() for one in parts if one) or None,
        "Work Location ID": place.get("location_uuid"),
    }


def _job(job: dict[str, Any], primary: bool, today: date) -> dict[str, Any]:
    """The job with its rate: the one in force, of which the job itself tells rate and unit, too."""
    rate = in_force(items(job, "compensations"), today) or job
    return {
        "Job ID": job.get("uuid"),
        "Job Title": job.get("title") or rate.get("title"),
        "Job Start Date": day(job.get("hire_date")),
        "Primary Job": primary,
        "Pay Rate": rate.get("rate"),
        "Pay Unit": rate.get("payment_unit"),
        "Pay Effective Date": day(rate.get("effective_date")),
        "FLSA Status": rate.get("flsa_status"),
    }


def found(row: dict[str, Any]) -> Mapping[str, Any]:
    """The company's custom fields. Amounts among them are pay, and are left out."""
    return dict(row["custom"])


COLUMNS = tuple(flatten({}, date.min)[0]["own"])
