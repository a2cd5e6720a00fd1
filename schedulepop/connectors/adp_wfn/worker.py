"""One worker of ADP as rows: an assignment each, with units, contacts, pay and custom fields as columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from schedulepop.connectors.records import day, first, items, part, pay

PAY = ("Pay Rate", "Pay Unit", "Pay Currency", "Pay Effective Date")
STATUSES = {"A": "Active", "L": "Leave", "T": "Terminated", "I": "Inactive"}
CYCLES = {"W": "Weekly", "B": "Biweekly", "S": "Semimonthly", "M": "Monthly"}
RATES = {"hourlyRateAmount": "Hourly", "dailyRateAmount": "Daily", "annualRateAmount": "Annual"}
VALUES = {
    "stringFields": "stringValue",
    "codeFields": "codeValue",
    "numberFields": "numberValue",
    "dateFields": "dateValue",
    "indicatorFields": "indicatorValue",
}
"""Custom fields by the kind of their value. Amounts are pay, and are left out."""


def flatten(worker: dict[str, Any], today: date) -> list[dict[str, Any]]:
    """A row per assignment, one of them primary; a worker without any is a row, too.

    Primary is ADP's; of somebody who still works here, one that has not ended.
    """
    jobs = items(worker, "workAssignments") or [{}]
    here = [job for job in jobs if _status(worker, job) != "Terminated"] or jobs
    primary = next((job for job in here if job.get("primaryIndicator") is True), here[0])
    return [_row(worker, job, job is primary) for job in jobs]


def _row(worker: dict[str, Any], job: dict[str, Any], primary: bool) -> dict[str, Any]:
    dates = part(worker, "workerDates")
    name, where = part(worker, "person", "legalName"), part(job, "homeWorkLocation", "nameCode")
    title = str(job.get("jobTitle") or "").removesuffix("**").strip(" -")
    own = {
        "Associate OID": worker.get("associateOID"),
        "Associate ID": part(worker, "workerID").get("idValue"),
        "First Name": name.get("givenName"),
        "Last Name": name.get("familyName1"),
        "Nickname": name.get("nickName"),
        "Primary Assignment": primary,
        "Position ID": job.get("positionID"),
        "Company Code": job.get("payrollGroupCode"),
        "File Number": job.get("payrollFileNumber"),
        "Job Code": part(job, "jobCode").get("codeValue"),
        "Job": _name(part(job, "jobCode")),
        "Job Title": title or _name(part(job, "jobCode")),
        "Status": _status(worker, job),
        "Worker Type": part(job, "workerTypeCode").get("codeValue"),
        "Hire Date": day(job.get("hireDate"))
        or day(dates.get("rehireDate") or dates.get("originalHireDate")),
        "Rehire Date": day(dates.get("rehireDate")),
        "Original Hire Date": day(dates.get("originalHireDate")),
        "Assignment Start Date": day(job.get("actualStartDate")),
        "Termination Date": day(job.get("terminationDate") or dates.get("terminationDate")),
        "Work Location Code": where.get("codeValue"),
        "Work Location": _name(where),
    }
    return {"own": own | _units(job) | _contacts(worker) | _pay(job), "custom": _custom(worker, job)}


def _status(worker: dict[str, Any], job: dict[str, Any]) -> str:
    """Of the assignment, as long as the worker has not left."""
    whole = str(part(worker, "workerStatus", "statusCode").get("codeValue") or "")
    own = part(job, "assignmentStatus", "statusCode")
    if whole in ("Terminated", "T"):
        return "Terminated"
    return STATUSES.get(str(own.get("codeValue")), "") or _name(own) or whole


def _units(job: dict[str, Any]) -> dict[str, Any]:
    """Every unit with its code and its name: where somebody belongs, and where they work at the moment."""
    found: dict[str, Any] = {}
    for said in ("Home", "Assigned"):
        for unit in items(job, f"{said.lower()}OrganizationalUnits"):
            if kind := str(part(unit, "typeCode").get("codeValue") or "").strip():
                code = part(unit, "nameCode")
                found.setdefault(f"{said} {kind} Code", code.get("codeValue"))
                found.setdefault(f"{said} {kind}", _name(code))
    return found


def _contacts(worker: dict[str, Any]) -> dict[str, str | None]:
    private, business = part(worker, "person", "communication"), part(worker, "businessCommunication")
    found = {
        f"{said} {what}": first(
            items(held, name), _phone if what != "Email" else lambda one: one.get("emailUri")
        )
        for said, held in (("Work", business), ("Personal", private))
        for what, name in (("Email", "emails"), ("Mobile", "mobiles"), ("Phone", "landlines"))
    }
    email = found["Work Email"] or found["Personal Email"]
    phone = found["Personal Mobile"] or found["Work Mobile"] or found["Personal Phone"]
    return {"Email": email, "Phone": phone, **found}


def _phone(one: dict[str, Any]) -> str | None:
    """As ADP formats it, with the country's code where that is not the one of North America."""
    country, area, number = (str(one.get(k) or "") for k in ("countryDialing", "areaDialing", "dialNumber"))
    if number and country not in ("", "1"):
        return " ".join(filter(None, (f"+{country}", area, number)))
    return one.get("formattedNumber") or f"{area}{number}" or None


def _pay(job: dict[str, Any]) -> dict[str, Any]:
    """The base rate with its unit, which is the pay cycle's where ADP gives an amount for each pay period."""
    base = part(job, "baseRemuneration")
    cycle = CYCLES.get(str(part(job, "payCycleCode").get("codeValue")), "Pay period")
    for name, unit in (RATES | {"payPeriodRateAmount": cycle}).items():
        rate = part(base, name)
        if (amount := rate.get("amountValue")) is not None:
            values = (*pay(amount, unit), rate.get("currencyCode"), day(base.get("effectiveDate")))
            return dict(zip(PAY, values, strict=True))
    return {}


def _custom(worker: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """Custom fields of the person and of the job, those without a value too."""
    own: dict[str, Any] = {}
    for said, holder in (("Custom", worker), ("Custom", part(worker, "person")), ("Job custom", job)):
        for kind, value in VALUES.items():
            for one in items(part(holder, "customFieldGroup"), kind):
                if name := str(part(one, "nameCode").get("codeValue") or "").strip():
                    own[f"{said}: {name}"] = one.get(value)
    return own


def found(row: dict[str, Any]) -> Mapping[str, Any]:
    """What only this company has: further kinds of unit, and custom fields."""
    units = {name: value for name, value in row["own"].items() if name not in COLUMNS}
    return {**units, **row["custom"]}


def _name(of: dict[str, Any]) -> str | None:
    """The name beside a code. ADP writes `**` where the company gave none."""
    names = (str(of.get(one) or "").strip() for one in ("longName", "shortName"))
    return next((name for name in names if name.strip("*")), None) or of.get("codeValue")


CONTACTS = tuple(_contacts({}))
UNITS = tuple(
    f"{said} {kind}{suffix}"
    for said in ("Home", "Assigned")
    for kind in ("Department", "Business Unit", "Cost Number")
    for suffix in (" Code", "")
)
COLUMNS = (*_row({}, {}, True)["own"], *UNITS, *PAY)
