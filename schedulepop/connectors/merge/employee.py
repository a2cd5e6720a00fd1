"""One employee of Merge as a row: the employment in force, groups by their kind, pay with its unit, custom fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from schedulepop.connectors.records import day, items, part, pay

ASKS = "Left or on leave"
"""INACTIVE without a last day, which some payrolls say of people on leave: no usual word, so the mapping decides."""
PERIODS = {
    "HOUR": "Hourly",
    "DAY": "Daily",
    "WEEK": "Weekly",
    "EVERY_TWO_WEEKS": "Biweekly",
    "SEMIMONTHLY": "Semimonthly",
    "MONTH": "Monthly",
    "QUARTER": "Quarterly",
    "EVERY_SIX_MONTHS": "Half-yearly",
    "YEAR": "Annual",
}
KINDS = {
    "DEPARTMENT": "Department",
    "COST_CENTER": "Cost Center",
    "BUSINESS_UNIT": "Business Unit",
    "GROUP": "Group",
}
GROUPS = tuple(f"{kind}{suffix}" for kind in KINDS.values() for suffix in ("", " ID"))
JOB = ("Job Title", "Employment Type", "FLSA Status")
PAY = ("Pay Rate", "Pay Unit", "Pay Currency", "Pay Effective Date")
CONTACTS = ("Email", "Work Email", "Personal Email", "Mobile Phone")
PLACE = ("Work Location", "Work Location ID")
MAPPED = ("organization_defined_targets", "linked_account_defined_targets")


def flatten(person: dict[str, Any], today: date) -> list[dict[str, Any]]:
    """The row. A start date that Merge does not have is the hire date, which is the day of the offer."""
    job, place = _employment(person, today), part(person, "work_location")
    own = {
        "Remote ID": person.get("remote_id"),
        "Merge ID": person.get("id"),
        "Employee Number": person.get("employee_number"),
        "First Name": person.get("first_name"),
        "Last Name": person.get("last_name"),
        "Preferred Name": person.get("preferred_name"),
        "Status": _status(person),
        "Start Date": day(person.get("start_date")) or day(person.get("hire_date")),
        "Hire Date": day(person.get("hire_date")),
        "Termination Date": day(person.get("termination_date")),
        "Email": person.get("work_email") or person.get("personal_email"),
        "Work Email": person.get("work_email"),
        "Personal Email": person.get("personal_email"),
        "Mobile Phone": person.get("mobile_phone_number"),
        "Job Title": job.get("job_title"),
        "Employment Type": job.get("employment_type"),
        "FLSA Status": job.get("flsa_status"),
        "Work Location": place.get("name") or place.get("remote_id"),
        "Work Location ID": place.get("remote_id"),
        "Team": part(person, "team").get("name"),
        "Pay Group": part(person, "pay_group").get("pay_group_name"),
        "Company": part(person, "company").get("display_name") or part(person, "company").get("legal_name"),
    }
    groups = _groups(person)
    known = {name: groups.get(name) for name in GROUPS}
    more = {f"Group: {name}": value for name, value in groups.items() if name not in known}
    return [{"own": own | known | _pay(job), "found": more | dict(_custom(person))}]


def _status(person: dict[str, Any]) -> str | None:
    """PENDING is somebody who is to come. What Merge could not translate is payroll's own word."""
    status = person.get("employment_status")
    if status == "INACTIVE":
        return "Terminated" if day(person.get("termination_date")) else ASKS
    usual = {"ACTIVE": "Active", "PENDING": "Pre-Hire"}
    return usual.get(status, status.replace("_", " ")) if isinstance(status, str) else None


def _employment(person: dict[str, Any], today: date) -> dict[str, Any]:
    """The latest employment that has begun, else the next one. Without dates it is the one that Merge saw last."""
    jobs = [one for one in items(person, "employments") if one.get("remote_was_deleted") is not True]
    begun = [one for one in jobs if (day(one.get("effective_date")) or "") <= today.isoformat()]
    if begun:
        return max(begun, key=_since)
    return min(jobs, key=_since) if jobs else {}


def _since(job: dict[str, Any]) -> tuple[str, str]:
    return day(job.get("effective_date")) or "", str(job.get("created_at") or "")


def _pay(job: dict[str, Any]) -> dict[str, Any]:
    period = str(job.get("pay_period") or "")
    amount, unit = pay(job.get("pay_rate"), PERIODS.get(period, period))
    if amount is None:
        return {}
    return dict(
        zip(PAY, (amount, unit, job.get("pay_currency"), day(job.get("effective_date"))), strict=True)
    )


def _groups(person: dict[str, Any]) -> dict[str, str]:
    """Kind → names, and kind with ` ID` → payroll's IDs. Several of one kind stand side by side: none is primary."""
    found: dict[str, list[str]] = {}
    for one in items(person, "groups"):
        kind = str(one.get("type") or "GROUP")
        if one.get("remote_was_deleted") is True:
            continue
        for suffix, name in (("", "name"), (" ID", "remote_id")):
            if one.get(name):
                found.setdefault(f"{KINDS.get(kind, kind)}{suffix}", []).append(str(one[name]))
    return {kind: "; ".join(sorted(names)) for kind, names in found.items()}


def _custom(person: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Custom fields, and those that the linked account maps. Lists and records among them are no values."""
    mapped = part(person, "field_mappings")
    for fields in (part(person, "custom_fields"), *(part(mapped, name) for name in MAPPED)):
        for name, value in fields.items():
            if not isinstance(value, (dict, list)):
                yield f"Custom: {name}", value


def found(row: dict[str, Any]) -> Mapping[str, Any]:
    """What only this account has: further kinds of groups, and custom fields."""
    own: Mapping[str, Any] = row["found"]
    return own


COLUMNS = (*flatten({}, date.min)[0]["own"], *PAY)
