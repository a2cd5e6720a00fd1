"""One worker of Paychex as a row: names for the IDs, contacts, a status, the rate in force, custom fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from schedulepop.connectors.records import day, first, items, part, pay, phone

PAY = ("Pay Rate", "Pay Unit", "Pay Effective Date")
STATUSES = {
    "ACTIVE": "Active",
    "INACTIVE": "Leave",
    "TERMINATED": "Terminated",
    "PENDING": "Pending",
    "IN_PROGRESS": "Pending",
}
REASONS = {
    ("INACTIVE", "WORK_IS_SLOW"): "Furlough",
    ("TERMINATED", "RESIGNED"): "Resigned",
    ("TERMINATED", "RETIRED"): "Retired",
    ("TERMINATED", "DECEASED"): "Deceased",
}
"""Where the reason says more than the kind of status. Paychex's inactive people are employed."""
UNITS = {"HOURLY_RATE": "Hourly", "DAILY_RATE": "Daily", "ANNUAL_SALARY": "Annual"}
PER_PAY_PERIOD = "PER_PAY_PERIOD_SALARY"
FREQUENCIES = {
    "WEEKLY": "Weekly",
    "BI_WEEKLY": "Biweekly",
    "SEMI_MONTHLY": "Semimonthly",
    "MONTHLY": "Monthly",
}
VALUES = ("textValue", "dropdownValue", "booleanValue", "numericValue")
OPTIONAL = {"Labor Assignment": ("laborassignments", "laborAssignmentId"), "Job": ("jobs", "jobId")}
"""What not every company is divided into: column → where it is listed, and its ID."""


def flatten(record: dict[str, Any], today: date) -> list[dict[str, Any]]:
    """The worker as a row: `own` columns, `units` that not every company has, `custom` fields."""
    worker, setup = record["worker"], part(record, "setup")
    name, job, status = part(worker, "name"), part(worker, "job"), part(worker, "currentStatus")
    kind, reason = status.get("statusType"), status.get("statusReason")
    since, hired = day(status.get("effectiveDate")), day(worker.get("hireDate"))
    unit = part(worker, "organization")
    unit = unit | _listed(setup, "Organizations", unit.get("organizationId"))
    own = {
        "Worker ID": worker.get("workerId"),
        "Employee ID": worker.get("employeeId"),
        "Clock ID": worker.get("clockId"),
        "First Name": name.get("givenName"),
        "Last Name": name.get("familyName"),
        "Preferred Name": name.get("preferredName"),
        "Job Title": job.get("title"),
        "Job Title ID": job.get("jobTitleId"),
        "Organization": unit.get("name"),
        "Organization ID": unit.get("organizationId"),
        "Organization Number": unit.get("number"),
        "Organization Level": unit.get("level"),
        "Location": _name(setup, "Locations", worker.get("locationId")),
        "Location ID": worker.get("locationId"),
        "Worker Type": worker.get("workerType"),
        "Employment Type": worker.get("employmentType"),
        "Exemption": worker.get("exemptionType"),
        "Status": REASONS.get((str(kind), str(reason))) or STATUSES.get(str(kind), kind),
        "Status Type": kind,
        "Status Reason": reason,
        "Status Since": since,
        "Hire Date": hired if reason != "PENDING_REHIRE" else None,  # the one before
        "Rehire Date": since if reason == "REHIRED" else None,
        "Termination Date": since if kind == "TERMINATED" else None,
    }
    own |= _contacts(worker) | _pay(part(record, "rate"), record.get("frequency"))
    return [{"own": own, "units": _units(worker, setup), "custom": _custom(record)}]


def rate_of(rates: Iterable[dict[str, Any]], today: date) -> dict[str, Any]:
    """The rate in force: the default one, else the first; of those that begin ahead only where there is no other."""
    all_rates = list(rates)
    begun = [one for one in all_rates if (day(one.get("startDate")) or "") <= today.isoformat()] or all_rates
    chosen = [one for one in begun if one.get("default") in (True, "true")] or [
        one for one in begun if one.get("rateNumber") == "RATE_1"
    ]
    return max(chosen or begun[:1], key=lambda one: day(one.get("startDate")) or "", default={})


def _pay(rate: dict[str, Any], frequency: Any) -> dict[str, Any]:
    """The amount with its unit. Piecework is no pay by time, and is not read."""
    kind, amount = str(rate.get("rateType")), rate.get("amount")
    unit = FREQUENCIES.get(str(frequency), "Pay period") if kind == PER_PAY_PERIOD else UNITS.get(kind)
    if amount is None or unit is None:
        return {}
    since = day(rate.get("startDate")) or day(rate.get("effectiveDate"))
    return dict(zip(PAY, (*pay(amount, unit), since), strict=True))


def _contacts(worker: dict[str, Any]) -> dict[str, str | None]:
    """Emails and phones; addresses are in the same list, and are not read."""
    by_kind: dict[tuple[Any, Any], list[dict[str, Any]]] = {}
    for one in items(worker, "communications"):
        by_kind.setdefault((one.get("type"), one.get("usageType")), []).append(one)
    found = {
        column: first(by_kind.get(kind, []), _email if kind[0] == "EMAIL" else _phone)
        for column, kind in CONTACT_KINDS.items()
    }
    email = found["Work Email"] or found["Personal Email"]
    return {"Email": email, "Phone": found["Mobile Phone"] or found["Home Phone"], **found}


CONTACT_KINDS = {
    "Work Email": ("EMAIL", "BUSINESS"),
    "Personal Email": ("EMAIL", "PERSONAL"),
    "Mobile Phone": ("MOBILE_PHONE", "BUSINESS"),
    "Home Phone": ("PHONE", "PERSONAL"),
    "Work Phone": ("PHONE", "BUSINESS"),
}
"""Paychex files a person's mobile phone under business, whose ever it is."""


def _email(one: dict[str, Any]) -> str | None:
    return str(one.get("uri") or "").strip().removeprefix("mailto:") or None


def _phone(one: dict[str, Any]) -> str | None:
    return phone(one.get("dialCountry"), one.get("dialArea"), one.get("dialNumber"))


def _listed(setup: dict[str, Any], kind: str, number: Any) -> dict[str, Any]:
    """What the company's list says of this ID."""
    return part(setup, kind, str(number))


def _name(setup: dict[str, Any], kind: str, number: Any) -> Any:
    """The name behind an ID; the ID itself where the list no longer has it; nothing where nobody asked for the list."""
    if kind not in setup:
        return None
    one = _listed(setup, kind, number)
    return one.get("name") or one.get("jobName") or number


def _units(worker: dict[str, Any], setup: dict[str, Any]) -> dict[str, Any]:
    """Labor assignment and job, of companies that have them. Without their list there is an ID and no name."""
    units: dict[str, Any] = {}
    for column, (_, key) in OPTIONAL.items():
        number = worker.get(key)
        if setup.get(column):
            units[column] = _name(setup, column, number)
        if setup.get(column) or number:
            units[f"{column} ID"] = number
    return units


def _custom(record: dict[str, Any]) -> dict[str, Any]:
    """Every custom field of the company, with this worker's value. Its name may stand in the company's list only."""
    names = {
        one.get("customFieldId"): str(one.get("customFieldName") or "") for one in items(record, "fields")
    }
    custom: dict[str, Any] = {f"Custom: {name.strip()}": None for name in names.values() if name.strip()}
    for one in items(record, "custom"):
        name = str(one.get("customFieldName") or names.get(one.get("customFieldId")) or "").strip()
        if name:
            value = next((one[kind] for kind in VALUES if one.get(kind) is not None), None)
            custom[f"Custom: {name}"] = day(one.get("dateValue")) if value is None else value
    return custom


def found(row: dict[str, Any]) -> Mapping[str, Any]:
    """What only this company has."""
    return {**row["units"], **row["custom"]}


CONTACTS = tuple(_contacts({}))
COLUMNS = (*flatten({"worker": {}}, date.min)[0]["own"], *PAY)
PROPOSED = {
    "source_id": "Worker ID",
    "employee_number": "Employee ID",
    "first_name": "First Name",
    "last_name": "Last Name",
    "email": "Email",
    "phone": "Phone",
    "location": "Location",
    "duty": "Job Title",
    "zone": "Organization",
    "status": "Status",
    "hire_date": "Hire Date",
    "rehire_date": "Rehire Date",
    "termination_date": "Termination Date",
    "pay_rate": "Pay Rate",
    "pay_unit": "Pay Unit",
    "pay_effective_date": "Pay Effective Date",
}
