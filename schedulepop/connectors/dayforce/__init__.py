"""Dayforce: an export of everybody is ordered, waited for, and read page by page until `Paging.Next` is empty.

Checked against Dayforce's own specification (v1). What a person is, is told by lists of entries with dates, of which
`employee` picks those that hold today. www.dayforcehcm.com sends callers on to the host of their release.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field, SecretStr

from schedulepop.connectors import paging
from schedulepop.connectors.contract import (
    Capabilities,
    Checked,
    Connector,
    Cursor,
    Done,
    Form,
    Limits,
    Part,
    Records,
    Source,
    help_text,
)
from schedulepop.connectors.dayforce import export
from schedulepop.connectors.dayforce.address import HOST, TITLE, own_path, session
from schedulepop.connectors.dayforce.employee import COLUMNS, CONTACTS, PAY, flatten
from schedulepop.connectors.spool import checked
from schedulepop.lib.http import Answer

EVERY, TRIES = 15, 240  # seconds between two looks at an export, and looks: an hour


class Config(Form):
    """Whose Dayforce, and as whom."""

    host: str = Field(
        default="www.dayforcehcm.com",
        title="Address",
        pattern=rf"^{HOST}$",
        description="The host of Dayforce's web services",
        json_schema_extra=help_text(
            "www.dayforcehcm.com, unless the browser's address shows another one when signed in, as that of a test "
            "environment does. Dayforce sends us on from there to the host of its current release.",
            sent_to=True,
        ),
    )
    company: str = Field(
        title="Company ID",
        pattern=r"^[A-Za-z0-9_.-]{1,60}$",
        description="What people type as Company when they sign in (the client namespace)",
        json_schema_extra=help_text(
            "The first field of the sign-in page, and the last part of the address behind it: "
            "https://www.dayforcehcm.com/COMPANY.",
            sent_to=True,
        ),
    )
    user: str = Field(
        title="User name",
        pattern=r"^[^:\s]{1,100}$",
        description="Of an account for web services alone",
        json_schema_extra=help_text(
            "System Admin → Users. Its one role, marked as default, has under Features: HCM Anywhere → Web Services → "
            "Read Data; under Authorizations: Can Read for personal, key, status, work assignment, contact and, where "
            "pay is synced, pay information; under Web Services Field-Level Access: RESTful Services → Human Resources "
            "→ Employee with WorkAssignments, EmploymentStatuses, Contacts, CompensationSummary, EmployeeProperties, "
            "OrgUnitInfos and every XRefCode, EffectiveStart and EffectiveEnd in them; and access to all locations.",
            account=True,
        ),
    )


class Secrets(Form):
    """The password of that account."""

    password: SecretStr = Field(
        title="Password",
        json_schema_extra=help_text(
            "As it was set for the user name. Give the role a password policy under which it does not end; an account "
            "that also opens Dayforce's pages is not needed."
        ),
    )


def check(source: Source) -> Checked:
    """Where Dayforce is, how many people it has, and the one it lists last: three requests."""
    with session(source) as api:
        listed = paging.listed("Data", export.good(api.get(export.EMPLOYEES)), api.title)
        some = [export.employee(api, source, listed[-1])] if listed else []
    return checked(DAYFORCE, source, some, people=len(listed))


def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
    """Everybody of one export, those who left and those to come included."""

    def step(answer: Answer, ask: paging.Ask) -> paging.Ask | None:
        link = paging.at("Paging.Next", answer.json())
        return paging.Ask(own_path(source, link)) if link else None

    with session(source) as api:
        data = paging.by_job(
            lambda: export.ordered(api, source),
            lambda job: export.ready(api, source, job),
            source.http.sleep,
            every=EVERY,
            tries=TRIES,
        )
        for answer in paging.pages(api, paging.Ask(data), step, limit=source.http.limits.pages):
            yield Records(paging.listed("Data", export.good(answer), api.title))
    yield Done()


PROPOSED = {
    "source_id": "XRefCode",
    "employee_number": "Employee Number",
    "first_name": "First Name",
    "last_name": "Last Name",
    "email": "Email",
    "phone": "Phone",
    "location": "Location Code",
    "duty": "Job Code",
    "zone": "Department Code",
    "status": "Status",
    "hire_date": "Hire Date",
    "original_hire_date": "Original Hire Date",
    "termination_date": "Termination Date",
    "leave_end": "Estimated Return Date",
    "primary_flag": "Primary Assignment",
    "pay_rate": "Pay Rate",
    "pay_unit": "Pay Unit",
    "pay_effective_date": "Pay Effective Date",
}

DAYFORCE = Connector(
    kind="dayforce",
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
        several_jobs=True,
        identity="The XRefCode stays at a rehire; an administrator of Dayforce can change it.",
    ),
    columns={name: f'own."{name}"' for name in COLUMNS},
    flatten=flatten,
    found=lambda row: row["found"],
    record_id="XRefCode",
    permissions={"Contact information": frozenset(CONTACTS), "Pay information": frozenset(PAY)},
    proposed=PROPOSED,
    limits=Limits(per_minute=100, answer=300),
)
