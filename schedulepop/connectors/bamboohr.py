"""BambooHR: the custom report, which an API key may ask for: everybody, in any status, with the fields one names.

Checked against BambooHR's own specification (bhr-api-python, public.yaml). Its new list of people takes OAuth only and
has no pay. A field that the key may not see is silently left out of the report; so its column is left out, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import Field, SecretStr

from schedulepop.connectors import paging
from schedulepop.connectors.contract import (
    Capabilities,
    Checked,
    Connector,
    Cursor,
    Done,
    Form,
    NotGrantedError,
    Part,
    Records,
    Source,
    UnreadableAnswerError,
    help_text,
)
from schedulepop.connectors.records import day
from schedulepop.connectors.spool import checked
from schedulepop.lib.http import Session
from schedulepop.lib.http.auth import basic

TITLE = "BambooHR"
REPORT, FIELDS, COMPANY = "/reports/custom", "/meta/fields", "/company_information"
AT_ONCE = 400  # people in one report, so that memory stays flat
# fmt: off
COLUMNS = {
    "ID": "id", "Employee Number": "employeeNumber", "First Name": "firstName", "Last Name": "lastName",
    "Preferred Name": "preferredName", "Email": "email", "Work Email": "workEmail", "Personal Email": "homeEmail",
    "Phone": "phone", "Mobile Phone": "mobilePhone", "Work Phone": "workPhone", "Home Phone": "homePhone",
    "Job Title": "jobTitle", "Department": "department", "Division": "division", "Location": "location",
    "Status": "status", "Employment Status": "employmentHistoryStatus", "Hire Date": "hireDate",
    "Original Hire Date": "originalHireDate", "Termination Date": "terminationDate", "Pay Rate": "payRate",
    "Pay Currency": "payCurrency", "Pay Type": "payType", "Pay Unit": "payPer",
}
PROPOSED = {
    "source_id": "ID", "employee_number": "Employee Number", "first_name": "First Name", "last_name": "Last Name",
    "email": "Email", "phone": "Phone", "location": "Location", "duty": "Job Title", "zone": "Department",
    "status": "Status", "hire_date": "Hire Date", "original_hire_date": "Original Hire Date",
    "termination_date": "Termination Date", "pay_rate": "Pay Rate", "pay_unit": "Pay Unit",
    "pay_currency": "Pay Currency",
}
# fmt: on
CONTACTS = ("Email", "Work Email", "Personal Email", "Phone", "Mobile Phone", "Work Phone", "Home Phone")
MADE = frozenset({"id", "email", "phone", "payCurrency"})  # by us; all others are asked for
ASKED = tuple(path for path in COLUMNS.values() if path not in MADE)
PLAIN = frozenset(
    {"text", "textarea", "list", "multilist", "date", "checkbox", "int", "integer", "number", "bool"}
)
"""Types of custom fields that are read. Money among them is pay, and is left out."""


class Config(Form):
    """Whose BambooHR."""

    company: str = Field(
        title="Company domain",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,62}$",
        description="The part before .bamboohr.com",
        json_schema_extra=help_text(
            "In the browser's address when signed in: https://COMPANY.bamboohr.com.", sent_to=True
        ),
    )


class Secrets(Form):
    """A key of one user, who sees what that user sees."""

    api_key: SecretStr = Field(
        title="API key",
        json_schema_extra=help_text(
            "BambooHR → your picture → API Keys → Add New Key, as a user whose access level may view every employee's "
            "name, contact, job, employment status and, where pay is synced, compensation."
        ),
    )


def check(source: Source) -> Checked:
    """The company's name and the people of one report: three requests."""
    with _session(source) as api:
        try:
            company = str(paging.at("displayName || legalName", api.get(COMPANY).json()) or "")
        except NotGrantedError:
            company = ""
        custom = _custom(api)
        people = _reported(api, [*ASKED, *custom], custom)
    return checked(BAMBOOHR, source, people, company=company, people=len(people))


def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
    """Everybody's ID first, then a report of some at a time; somebody who is gone by then stops it."""
    with _session(source) as api:
        custom = _custom(api)
        ids = [str(one.get("id")) for one in _reported(api, ["status"], {})]
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            yield Records(_reported(api, [*ASKED, *custom], custom, some))
    yield Done(expected=len(set(ids)))


def _session(source: Source) -> Session:
    key = source.secrets.api_key.get_secret_value()
    base = f"https://{source.config.company.lower()}.bamboohr.com/api/v1"
    return source.http.session(base, title=TITLE, auth=basic(key, "x"))


def _custom(api: Session) -> dict[str, str]:
    """Custom fields of this company: what to ask for → the name people gave it."""
    found = {}
    for one in paging.listed("", api.get(FIELDS).json(), TITLE):
        own = str(one.get("alias") or one.get("id")) if isinstance(one, dict) else ""
        if re.fullmatch(r"custom\w+|[0-9]+", own) and one.get("type") in PLAIN and not one.get("deprecated"):
            found[own] = str(one.get("name") or own).strip()
    return dict(list(found.items())[: 400 - len(ASKED)])


def _reported(
    api: Session, fields: list[str], custom: Mapping[str, str], ids: list[str] | None = None
) -> list[dict[str, Any]]:
    """People with these fields; `ids`: only they. Raises UnreadableAnswerError where the report is none."""
    body: dict[str, Any] = {"title": "SchedulePop", "fields": fields, "filterDuplicates": "no"}
    if ids is not None:
        if not all(one.isdecimal() for one in ids):
            raise UnreadableAnswerError(f"{TITLE} gave an employee ID that is no number.")
        body["filters"] = {"employeeIds": [int(one) for one in ids]}
    data = api.post(REPORT, (("format", "json"), ("onlyCurrent", "true")), json=body, reads=True).json()
    people = paging.listed("employees", data, TITLE)
    return [{**one, "": custom} if isinstance(one, dict) else one for one in people]


def flatten(person: dict[str, Any], today: date) -> list[dict[str, Any]]:
    """The person with a status, one email, one phone, and pay taken apart ("24.50 USD")."""
    rate, _, currency = str(person.get("payRate") or "").partition(" ")
    made = {
        "status": _status(person),
        "email": person.get("workEmail") or person.get("homeEmail"),
        "phone": person.get("mobilePhone") or person.get("homePhone"),
        "payRate": rate or None,
        "payCurrency": currency or None,
        **{name: day(person.get(name)) for name in ("hireDate", "originalHireDate", "terminationDate")},
    }
    return [person | made]


def _status(person: dict[str, Any]) -> str | None:
    """BambooHR's Inactive means that somebody has left; a leave is told by the company's own word for it."""
    status, own = person.get("status"), str(person.get("employmentHistoryStatus") or "")
    if status == "Inactive":
        return "Terminated"
    return own if status == "Active" and re.search(r"\b(leave|loa|fmla)\b", own, re.I) else status


def found(person: dict[str, Any]) -> Mapping[str, Any]:
    """The company's custom fields that the report gave."""
    return {f"Custom: {name}": person[asked] for asked, name in person[""].items() if asked in person}


BAMBOOHR = Connector(
    kind="bamboohr",
    title=TITLE,
    since="2026-11-29",
    checked_against="vendor's spec",
    config=Config,
    secrets=Secrets,
    provides=frozenset(PROPOSED),
    check=check,
    fetch=fetch,
    capabilities=Capabilities(
        future_hires=True, leavers=True, identity="The ID stays at a rehire and at a transfer."
    ),
    columns=COLUMNS,
    flatten=flatten,
    found=found,
    record_id="id",
    permissions={
        "Contact information": frozenset(CONTACTS),
        "Compensation": frozenset({"Pay Rate", "Pay Currency", "Pay Type", "Pay Unit"}),
    },
    proposed=PROPOSED,
)
