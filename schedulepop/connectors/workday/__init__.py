"""Workday: a report of the customer's own as a web service (RaaS): one answer without pages, read as it comes.

What it has is defined by us (`definition`) and made by the customer. A column that is empty for everybody may be
missing from the answer, so one is told missing only where somebody must have a value. Sign-in is Basic, over TLS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field, SecretStr, field_validator

from schedulepop.connectors.contract import (
    Capabilities,
    Checked,
    Connector,
    ConnectorError,
    Cursor,
    Done,
    Form,
    Limits,
    Part,
    Records,
    Source,
    SourceBusyError,
    help_text,
)
from schedulepop.connectors.spool import checked
from schedulepop.connectors.workday.definition import REPORT
from schedulepop.connectors.workday.worker import (
    COLUMNS,
    CONTACTS,
    PAY,
    TITLE,
    flatten,
    found,
    given,
    missing,
    named,
    starts_later,
)
from schedulepop.lib.http import json_list
from schedulepop.lib.http.auth import basic

ENTRIES = "Report_Entry"
AT_ONCE, SHOWN = 500, 25  # rows that are handed on together; rows that a test shows
HOST = r"(?:[a-z0-9-]+\.)+(?:workday|myworkday|myworkdaygov|workdaysuv)\.com"
PATH = r"/ccx/service/customreport2/[\w.-]+/[^/?#\s]+/[^/?#\s]+"


class Config(Form):
    """Which report, and as whom."""

    report_url: str = Field(
        title="Address of the report (JSON)",
        max_length=1000,
        description="Of the report as a web service, in one line",
        json_schema_extra=help_text(
            "In Workday, on the report that was made by the sheet “Ask payroll for this report”: Actions → Web Service "
            "→ View URLs → JSON. Answers to prompts stay in it; {today} in one is the day on which we ask.",
            sent_to=True,
        ),
    )
    user: str = Field(
        title="User name",
        pattern=r"^[^:\s]{1,100}$",
        description="Of an Integration System User (ISU)",
        json_schema_extra=help_text(
            "Task View Integration System User. The report is shared with it, and its security group has Get on the "
            "domains of the report's columns.",
            account=True,
        ),
    )

    @field_validator("report_url")
    @classmethod
    def _of_workday(cls, url: str) -> str:
        if not re.fullmatch(rf"https://{HOST}{PATH}(?:\?[^#\s]*)?", url):
            raise ValueError(
                "This is no JSON address of a report. Copy it as Workday shows it, from https:// on"
            )
        return url


class Secrets(Form):
    """The password of that user."""

    password: SecretStr = Field(
        title="Password",
        json_schema_extra=help_text(
            "As it was set by Create Integration System User. Keep the user out of password expiration (Maintain "
            "Password Rules), or note when it ends."
        ),
    )


def check(source: Source) -> Checked:
    """The whole report, once: how many are in it, how many of them start later, what is not in it.

    A report that takes longer than somebody waits in front of a page is told as far as it came.
    """
    people: set[str] = set()
    seen: set[str] = set()
    shown: list[Any] = []
    later, whole = 0, True
    try:
        for row in _rows(source):
            people.add(row["key"].partition("|")[0])
            later += starts_later(row, source.today)
            if len(shown) < SHOWN or not given(row) <= seen:
                shown.append(row)
            seen |= given(row)
    except SourceBusyError:
        whole = False
        if not shown:
            raise
    if shown and whole and (problem := missing(seen)):
        return Checked(False, problem)
    answer = checked(WORKDAY, source, shown, company=_tenant(source), people=len(people) if whole else None)
    return replace(answer, sentence=f"{answer.sentence} {_said(later, whole)}") if answer.ok else answer


def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
    """Everybody, some at a time. Raises ConnectorError where the report lacks a column that somebody must have."""
    rows, seen, read = _rows(source), set[str](), 0
    while some := list(islice(rows, AT_ONCE)):
        seen |= set().union(*map(given, some))
        read += len(some)
        source.log("workday.read", rows=read)
        yield Records(some)
    if read and (problem := missing(seen)):
        raise ConnectorError(problem)
    yield Done()


def _rows(source: Source) -> Iterator[dict[str, Any]]:
    parts, password = urlsplit(source.config.report_url), source.secrets.password.get_secret_value()
    today = source.today.isoformat()
    asked = [
        (name, value.replace("{today}", today))
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name != "format"
    ]
    auth = basic(source.config.user, password)
    with source.http.session(f"https://{parts.netloc}", title=TITLE, auth=auth) as api:
        yield from named(
            json_list.items(api.stream(parts.path, (*asked, ("format", "json"))), ENTRIES, TITLE)
        )


def _tenant(source: Source) -> str:
    return f"tenant {urlsplit(source.config.report_url).path.split('/')[4]}"


def _said(later: int, whole: bool) -> str:
    if not whole:
        return "The report was not read to its end within the time of a test; a preview takes its time."
    if later:
        return f"{later:,} of them start after today."
    return (
        "Nobody in it starts after today: if somebody is hired for a day ahead, the report leaves them out."
    )


PROPOSED = {
    "source_id": "Employee_ID",
    "employee_number": "Employee_ID",
    "first_name": "First_Name",
    "last_name": "Last_Name",
    "email": "Email",
    "phone": "Phone",
    "location": "Location",
    "duty": "Job_Code",
    "zone": "Cost_Center",
    "status": "Worker_Status",
    "hire_date": "Hire_Date",
    "original_hire_date": "Original_Hire_Date",
    "termination_date": "Termination_Date",
    "leave_end": "Last_Day_of_Leave",
    "cms_code": "CMS_Code",
    "primary_flag": "Primary_Job",
    "pay_rate": "Pay_Rate",
    "pay_unit": "Pay_Frequency",
    "pay_currency": "Pay_Currency",
    "pay_effective_date": "Pay_Effective_Date",
}

WORKDAY = Connector(
    kind="workday",
    title=TITLE,
    since="2026-11-29",
    checked_against="own report definition",
    config=Config,
    secrets=Secrets,
    provides=frozenset(PROPOSED),
    check=check,
    fetch=fetch,
    capabilities=Capabilities(
        future_hires=True,
        leavers=True,
        several_jobs=True,
        identity="The Employee ID stays at a rehire, unless the company gives rehired people a new one.",
    ),
    columns={name: f'own."{name}"' for name in COLUMNS},
    flatten=flatten,
    found=found,
    record_id="key",
    permissions={"Contact information": frozenset(CONTACTS), "Compensation": frozenset(PAY)},
    proposed=PROPOSED,
    report=REPORT,
    limits=Limits(tries=2, wait=900, answer=3600, total=2 * 3600, body=300 * 2**20),
)
