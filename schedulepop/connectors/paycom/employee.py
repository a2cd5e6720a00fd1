"""One person of Paycom as a row: the directory's entry with the employee record, days, phones, pay, categories."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from schedulepop.connectors.records import day, part

STATUSES = {"A": "Active", "L": "Leave", "T": "Terminated"}
CATEGORIES = range(1, 21)
# fmt: off
COLUMNS = {
    "Employee Code": "eecode", "Badge Number": "made.badge", "Clock Sequence": "clockseq",
    "First Name": "made.first", "Last Name": "made.last", "Nickname": "master.nickname", "Email": "made.email",
    "Work Email": "master.work_email", "Personal Email": "master.personal_email", "Phone": "made.phone",
    "Primary Phone": "made.primary_phone", "Secondary Phone": "made.secondary_phone", "Home Phone": "made.homephone",
    "Job Title": "made.job", "Position Code": "master.position_code", "Position Title": "master.position_title",
    "Business Title": "master.business_title", "Location": "master.location", "Department Code": "made.department",
    "Department": "made.department_name", "GL Code": "master.employee_gl_code", "Pay Class": "master.pay_class",
    "Status": "made.status", "Hire Date": "made.hire_date", "Rehire Date": "made.rehire_date",
    "Seniority Date": "made.seniority_date", "Termination Date": "made.termination_date",
    "Previous Termination Date": "made.previous_termination_date", "Leave Start": "made.leave_start",
    "Leave End": "made.leave_end", "Pay Rate": "made.rate", "Pay Unit": "made.per",
    "Last Pay Change": "made.last_pay_change",
}
# fmt: on
DAYS = (
    "hire_date",
    "rehire_date",
    "seniority_date",
    "termination_date",
    "previous_termination_date",
    "leave_start",
    "leave_end",
    "last_pay_change",
)
CONTACTS = (
    "Email",
    "Work Email",
    "Personal Email",
    "Phone",
    "Primary Phone",
    "Secondary Phone",
    "Home Phone",
)
PAY = ("Pay Rate", "Pay Unit", "Last Pay Change")
PAID = {"H": "Hourly", "S": "Annual"}
"""The first letter of how somebody is paid → the unit of what they are paid."""


def flatten(person: dict[str, Any], today: date) -> list[dict[str, Any]]:
    """The person with days as ISO days, one email, one phone, and the rate that is theirs."""
    master, person = _filled(part(person, "master")), _filled(person)
    phones = {name: _given(master.get(name)) for name in ("primary_phone", "secondary_phone")}
    phones["homephone"] = _given(person.get("homephone"))
    made = {
        "first": master.get("firstname") or person.get("firstname"),
        "last": master.get("lastname") or person.get("lastname"),
        "badge": person.get("eebadge") or _given(master.get("employee_badge")),
        "email": master.get("work_email") or master.get("personal_email"),
        "phone": next((one for one in phones.values() if one), None),
        "job": master.get("position_title") or master.get("business_title") or master.get("position"),
        "department": master.get("department_code") or person.get("deptcode"),
        "department_name": master.get("department_description") or person.get("deptdesc"),
        "status": _status(str(master.get("employee_status") or person.get("eestatus") or "")),
        **{name: _day(master.get(name)) for name in DAYS},
    }
    return [person | {"master": master, "made": made | phones | _pay(master)}]


def _filled(of: dict[str, Any]) -> dict[str, Any]:
    """What has a value: Paycom writes an empty text where there is none, and where it does not show one."""
    return {name: value for name, value in of.items() if value != ""}


def _status(code: str) -> str:
    """A code that no note explains is no usual word (`I` would end people): the mapping says what it means."""
    usual = STATUSES.get(code.upper())
    return usual or (f"Code {code}" if len(code) == 1 else code.replace("_", " "))


def _day(value: Any) -> str | None:
    """The ISO day of Paycom's three ways: 2024-05-31, 05/31/2024, and zeros for none. Anything else stays as it is."""
    text = str(value or "").strip()
    if american := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        month, of_month, year = american.groups()
        return day(f"{year}-{month:0>2}-{of_month:0>2}")
    return (day(text) if re.match(r"\d{4}-\d{2}-\d{2}", text) else text) or None


def _given(value: Any) -> str | None:
    """A figure or text as text; none for zero, which stands for nothing."""
    text = str(value if value is not None else "").strip()
    return text if re.search(r"[1-9]", text) else None


def _pay(master: dict[str, Any]) -> dict[str, Any]:
    """The hourly rate or the annual salary, as the record says; where it does not, the only one of both there is."""
    rates = {"Hourly": _given(master.get("hourly_salary")), "Annual": _given(master.get("annual_salary"))}
    said = PAID.get(str(master.get("hourly_or_salary") or "")[:1].upper())
    there = [unit for unit, rate in rates.items() if rate and said in (unit, None)]
    return {"rate": rates[there[0]], "per": there[0]} if len(there) == 1 else {}


def found(person: dict[str, Any]) -> Mapping[str, Any]:
    """Labor categories that the company uses, code and name."""
    return {
        f"Category {number}{suffix}": person[path]
        for number in CATEGORIES
        for suffix, path in ((" Code", f"cat{number}"), ("", f"cat{number}desc"))
        if person.get(path)
    }
