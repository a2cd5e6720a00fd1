"""Paylocity (WebLink v2): a list that has nothing but IDs, then one request for each person.

Checked against Paylocity's own specification (v2). An ID is unique within its company only. The status type (A, L, T)
is Paylocity's, the status beside it a company's own code; cost centers are whatever the company made of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal
from urllib.parse import quote

from pydantic import Field, SecretStr

from schedulepop.connectors import paging
from schedulepop.connectors.contract import (
    Capabilities,
    Checked,
    Connector,
    Cursor,
    Done,
    Form,
    Part,
    Records,
    Source,
    UnreadableAnswerError,
    help_text,
)
from schedulepop.connectors.records import day, items, part, pay
from schedulepop.connectors.spool import checked
from schedulepop.lib.http import Answer, Session
from schedulepop.lib.http.auth import ClientCredentials

TITLE = "Paylocity"
HOSTS = {"live": "https://api.paylocity.com", "sandbox": "https://apisandbox.paylocity.com"}
TOTAL = "x-pcty-total-count"
FIRST = paging.Ask("", (("pagesize", "100"), ("pagenumber", "0"), ("includetotalcount", "true")))
STATUSES = {"A": "Active", "L": "Leave", "T": "Terminated"}
CUSTOM = (
    "customTextFields",
    "customDropDownFields",
    "customNumberFields",
    "customDateFields",
    "customBooleanFields",
)
# fmt: off
FREQUENCIES = {
    "A": "Annual", "B": "Biweekly", "D": "Daily", "M": "Monthly", "Q": "Quarterly", "S": "Semimonthly", "W": "Weekly",
}
COLUMNS = {
    "Employee ID": "employeeId", "Clock Number": "departmentPosition.clockBadgeNumber", "First Name": "firstName",
    "Last Name": "lastName", "Preferred Name": "preferredName", "Company": "companyName", "Email": "made.email",
    "Work Email": "workAddress.emailAddress", "Personal Email": "homeAddress.emailAddress", "Phone": "made.phone",
    "Mobile Phone": "homeAddress.mobilePhone", "Home Phone": "homeAddress.phone", "Work Phone": "workAddress.phone",
    "Position Code": "departmentPosition.positionCode", "Job Title": "departmentPosition.jobTitle",
    "Cost Center 1": "departmentPosition.costCenter1", "Cost Center 2": "departmentPosition.costCenter2",
    "Cost Center 3": "departmentPosition.costCenter3", "Pay Group": "departmentPosition.payGroup",
    "Employee Type": "departmentPosition.employeeType", "Work Location": "workAddress.location",
    "Status": "made.status", "Company Status": "status.employeeStatus", "Hire Date": "made.hireDate",
    "Rehire Date": "made.reHireDate", "Seniority Date": "made.adjustedSeniorityDate",
    "Termination Date": "made.terminationDate", "Pay Rate": "made.rate", "Pay Unit": "made.per",
    "Pay Currency": "currency", "Pay Effective Date": "made.since",
}
PROPOSED = {
    "source_id": "Employee ID", "employee_number": "Clock Number", "first_name": "First Name",
    "last_name": "Last Name", "email": "Email", "phone": "Phone", "location": "Work Location",
    "duty": "Position Code", "zone": "Cost Center 1", "status": "Status", "hire_date": "Hire Date",
    "rehire_date": "Rehire Date", "original_hire_date": "Seniority Date", "termination_date": "Termination Date",
    "pay_rate": "Pay Rate", "pay_unit": "Pay Unit", "pay_currency": "Pay Currency",
    "pay_effective_date": "Pay Effective Date",
}
# fmt: on
CONTACTS = ("Email", "Work Email", "Personal Email", "Phone", "Mobile Phone", "Home Phone", "Work Phone")


class Config(Form):
    """Which company, and as which program."""

    system: Literal["live", "sandbox"] = Field(
        default="live",
        title="System",
        description="Paylocity's live system or its sandbox",
        json_schema_extra=help_text("live, unless Paylocity gave credentials for its sandbox.", sent_to=True),
    )
    company_id: str = Field(
        title="Company ID",
        pattern=r"^[A-Za-z0-9]{1,20}$",
        description="The number under which Paylocity runs this payroll",
        json_schema_extra=help_text(
            "Paylocity → the company's name at the top, with its number beside it.", sent_to=True
        ),
    )
    client_id: str = Field(
        title="Client ID",
        min_length=4,
        max_length=200,
        description="Of the program that may read employees",
        json_schema_extra=help_text(
            "From Paylocity's API team: HR & Payroll → User Access → API credentials, with the scope WebLinkAPI for "
            "this company (employees, pay rates and contact information).",
            account=True,
        ),
    )


class Secrets(Form):
    """What Paylocity gives for 365 days."""

    client_secret: SecretStr = Field(
        title="Client secret",
        json_schema_extra=help_text(
            "Comes with the client ID. It ends after 365 days; ask for a new one before."
        ),
    )


def check(source: Source) -> Checked:
    """Signs in, reads a page of IDs, and one person who works here: three requests."""
    with _session(source) as api:
        answer = api.get(FIRST.path, FIRST.params)
        people = paging.listed("", answer.json(), TITLE)
        here = [one for one in people if paging.at("statusTypeCode", one) == "A"] or people
        some = [_person(api, one) for one in here[:1]]
    company = str(some[0].get("companyName") or "") if some else ""
    return checked(PAYLOCITY, source, some, company=company, people=_total(answer))


def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
    """A page of IDs, its people one by one, the next page."""
    expected, step = None, paging.by_count(TOTAL, "pagenumber")
    with _session(source) as api:
        for answer in paging.pages(api, FIRST, step, limit=source.http.limits.pages):
            expected = _total(answer) if expected is None else expected
            for one in paging.listed("", answer.json(), TITLE):
                yield Records([_person(api, one)])
    yield Done(expected=expected)


def _session(source: Source) -> Session:
    config, host = source.config, HOSTS[source.config.system]
    secret = source.secrets.client_secret.get_secret_value()
    token = f"{host}/IdentityServer/connect/token"
    auth = ClientCredentials(token, config.client_id, secret, scope="WebLinkAPI")
    return source.http.session(
        f"{host}/api/v2/companies/{config.company_id}/employees/", title=TITLE, auth=auth
    )


def _total(answer: Answer) -> int | None:
    return paging.number(answer.headers[TOTAL], TITLE) if TOTAL in answer.headers else None


def _person(api: Session, listed: Any) -> dict[str, Any]:
    """The whole person. Raises UnreadableAnswerError when it is not the one who was asked for."""
    asked = paging.at("employeeId", listed)
    person = api.get(quote(asked, safe="")).json() if isinstance(asked, str) and asked else None
    if not isinstance(person, dict) or person.get("employeeId") != asked:
        raise UnreadableAnswerError(f"{TITLE} answered with another person than it was asked for.")
    return person


def flatten(person: dict[str, Any], today: date) -> list[dict[str, Any]]:
    """The person with a status, one email, one phone, days, and the rate in force with its unit."""
    status, work, home = part(person, "status"), part(person, "workAddress"), part(person, "homeAddress")
    days = ("hireDate", "reHireDate", "adjustedSeniorityDate", "terminationDate")
    kind = status.get("statusType")
    made = {
        "status": STATUSES.get(str(kind), kind),
        "email": work.get("emailAddress") or home.get("emailAddress"),
        "phone": home.get("mobilePhone") or work.get("mobilePhone") or home.get("phone"),
        **{name: day(status.get(name)) for name in days},
        **_pay(part(person, "primaryPayRate")),
    }
    return [person | {"made": made}]


def _pay(rate: dict[str, Any]) -> dict[str, Any]:
    since = day(rate.get("effectiveDate"))
    if rate.get("payType") != "Salary":
        return {"rate": rate.get("baseRate"), "per": rate.get("ratePer"), "since": since}
    if rate.get("annualSalary") is not None:
        return {"rate": rate["annualSalary"], "per": "Annual", "since": since}
    frequency = str(rate.get("payFrequency"))
    amount, unit = pay(rate.get("salary"), FREQUENCIES.get(frequency, frequency))
    return {"rate": amount, "per": unit, "since": since}


def found(person: dict[str, Any]) -> Mapping[str, Any]:
    """Custom fields by their labels."""
    fields = [one for kind in CUSTOM for one in items(person, kind)]
    return {
        f"Custom: {str(one.get('label')).strip()}": one.get("value") for one in fields if one.get("label")
    }


PAYLOCITY = Connector(
    kind="paylocity",
    title=TITLE,
    since="2026-11-29",
    checked_against="vendor's spec",
    config=Config,
    secrets=Secrets,
    provides=frozenset(PROPOSED),
    check=check,
    fetch=fetch,
    capabilities=Capabilities(
        future_hires=True,
        leavers=True,
        identity="The employee ID stays at a rehire; in another company of the same owner it is another one.",
    ),
    columns=COLUMNS,
    flatten=flatten,
    found=found,
    record_id="employeeId",
    permissions={
        "Contact information": frozenset(CONTACTS),
        "Pay rates": frozenset({"Pay Rate", "Pay Unit", "Pay Effective Date"}),
    },
    proposed=PROPOSED,
)
