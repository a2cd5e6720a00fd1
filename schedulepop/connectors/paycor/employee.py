"""One employee of Paycor as a row: the department behind its reference, phones of the person, the rate in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from schedulepop.connectors.records import day, first, items, part, phone

PAY = ("Pay Rate", "Pay Unit", "Pay Effective Date")
PERSON = ("Personal Email", "Phone", "Mobile Phone", "Home Phone", "Work Phone")
DEPARTMENT = (
    "Department ID",
    "Department",
    "Department Code",
    "Department Level",
    "Department Work Location",
    "Parent Department",
    "Parent Department Code",
)
STATUSES = {
    "Fmla": "FMLA",
    "LeaveWithPay": "Leave",
    "LeaveWithoutPay": "Leave",
    "LongTermDisability": "Leave",
    "ShortTermDisability": "Leave",
    "WorkersCompensation": "Leave",
    "LaidOff": "Laid off",
}
"""Whoever is on leave is employed. The others are told as they are: Active, Resigned, Retired, Terminated, Deceased."""


def flatten(record: dict[str, Any], today: date) -> list[dict[str, Any]]:
    """The employee as a row: `own` columns, and `custom` fields."""
    employee, person = record["employee"], part(record, "person")
    dates, job = part(employee, "employmentDateData"), part(employee, "positionData")
    state, where = part(employee, "statusData"), part(employee, "workLocation")
    status, email = state.get("status"), part(employee, "email")
    work = _email(email) if email.get("type") != "Home" else None
    private = _email(part(person, "email"))
    own = {
        "Employee ID": employee.get("id"),
        "Employee Number": employee.get("employeeNumber"),
        "Alternate Employee Number": employee.get("alternateEmployeeNumber"),
        "Badge Number": employee.get("badgeNumber"),
        "First Name": employee.get("firstName"),
        "Middle Name": employee.get("middleName"),
        "Last Name": employee.get("lastName"),
        "Email": work or private or _email(email),
        "Work Email": work,
        "Job Title": job.get("jobTitle"),
        "Job Code": job.get("jobCode"),
        "Position Since": day(job.get("effectiveStartDate")),
        "Work Location": where.get("name"),
        "Work Location ID": where.get("id"),
        "Status": STATUSES.get(str(status), status),
        "Paycor Status": status,
        "Full Time": state.get("isFullTime"),
        "FLSA": state.get("flsa"),
        "Employment Type": state.get("type"),
        "Hire Date": day(dates.get("hireDate")),
        "Adjusted Hire Date": day(dates.get("adjustedHireDate")),
        "Rehire Date": day(dates.get("reHireDate")),
        "Seniority Date": day(dates.get("seniorityDate")),
        "Termination Date": day(dates.get("terminationDate")),
    }
    number = part(employee, "department").get("id")
    department = _department(record.get("departments"), number) if number else dict.fromkeys(DEPARTMENT)
    phones = _phones(person, private)
    pay = _pay(rate_of(items(record, "rates"), today))
    return [{"own": own | department | phones | pay, "custom": _custom(record)}]


def rate_of(rates: Iterable[dict[str, Any]], today: date) -> dict[str, Any]:
    """The first rate that is in force; where none is, the next one ahead; where none is to come, the last one."""
    known = sorted(rates, key=lambda one: (_since(one), -_sequence(one)))
    at = today.isoformat()
    in_force = [
        one for one in known if _since(one) <= at and at < (day(one.get("effectiveEndDate")) or "9999")
    ]
    if in_force:
        return min(reversed(in_force), key=_sequence)
    ahead = [one for one in known if _since(one) > at]
    return ahead[0] if ahead else known[-1] if known else {}


def _since(rate: dict[str, Any]) -> str:
    return day(rate.get("effectiveStartDate")) or ""


def _sequence(rate: dict[str, Any]) -> int:
    number = rate.get("sequenceNumber")
    return number if isinstance(number, int) else 0


def _pay(rate: dict[str, Any]) -> dict[str, Any]:
    """By the hour, or by the year. A salary that is told for each pay alone has no unit that anybody knows."""
    if rate.get("type") != "Salary":
        amount, unit = rate.get("payRate"), "Hourly"
    elif rate.get("annualPayRate") is not None:
        amount, unit = rate["annualPayRate"], "Annual"
    else:
        amount, unit = rate.get("payRate"), "Pay period"
    if amount is None:
        return {}
    return dict(zip(PAY, (amount, unit, day(rate.get("effectiveStartDate"))), strict=True))


def _department(departments: dict[str, Any] | None, number: str) -> dict[str, Any]:
    """What the company's list says of the department, and of the one above it; the ID where it is not listed.

    `departments`: by ID; None where nobody asked for them.
    """
    if departments is None:
        return {"Department ID": number}
    one = part(departments, number)
    above = part(departments, str(one.get("parentId")))
    values = (
        number,
        one.get("description") or number,
        one.get("code") or number,
        one.get("level"),
        one.get("workLocationName"),
        above.get("description"),
        above.get("code"),
    )
    return dict(zip(DEPARTMENT, values, strict=True))


def _phones(person: dict[str, Any], private: str | None) -> dict[str, Any]:
    found = {
        kind: first([one for one in items(person, "phones") if one.get("type") == kind], _phone)
        for kind in ("Mobile", "Home", "Work")
    }
    values = (private, found["Mobile"] or found["Home"], *found.values())
    return dict(zip(PERSON, values, strict=True))


def _phone(one: dict[str, Any]) -> str | None:
    return phone(one.get("countryCode"), one.get("areaCode"), one.get("phoneNumber"))


def _email(of: dict[str, Any]) -> str | None:
    return str(of.get("emailAddress") or "").strip() or None


def _custom(record: dict[str, Any]) -> dict[str, Any]:
    """Custom fields by their names. Currency among them is pay, and is not read."""
    custom: dict[str, Any] = {}
    for one in items(record, "custom"):
        name, kind = str(one.get("fieldName") or "").strip(), str(one.get("dataType"))
        if name and "Currency" not in kind:
            value = one.get("value")
            custom[f"Custom: {name}"] = day(value) if kind == "Date" else value
    return custom


def found(row: dict[str, Any]) -> Mapping[str, Any]:
    """The custom fields of this company."""
    return row["custom"]  # type: ignore[no-any-return]


COLUMNS = (*flatten({"employee": {}}, date.min)[0]["own"], *PAY)
PROPOSED = {
    "source_id": "Employee ID",
    "employee_number": "Employee Number",
    "first_name": "First Name",
    "last_name": "Last Name",
    "email": "Email",
    "phone": "Phone",
    "location": "Work Location",
    "duty": "Job Title",
    "zone": "Department Code",
    "status": "Status",
    "hire_date": "Hire Date",
    "rehire_date": "Rehire Date",
    "original_hire_date": "Seniority Date",
    "termination_date": "Termination Date",
    "pay_rate": "Pay Rate",
    "pay_unit": "Pay Unit",
    "pay_effective_date": "Pay Effective Date",
}
