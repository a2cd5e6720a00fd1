"""Merge: one API for many payrolls. It passes on its own copy of payroll, and says how old and how whole that is.

Checked against Merge's Python SDK (mergepythonclient 4.2.1). Whose copy it is, and how it stands, is asked before each
fetch. Employees are listed in any status, with employments, groups and locations expanded; a cursor leads on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

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
    NotGranted,
    Part,
    Records,
    Source,
    help_text,
)
from schedulepop.connectors.merge.employee import COLUMNS, CONTACTS, GROUPS, JOB, PAY, PLACE, flatten, found
from schedulepop.connectors.merge.sync_status import SyncStatus, same_account, sync_status
from schedulepop.connectors.spool import checked
from schedulepop.lib.http import Session
from schedulepop.lib.http.auth import ApiKeyHeader, Composite, bearer

TITLE = "Merge"
HOSTS = {"us": "https://api.merge.dev", "eu": "https://api-eu.merge.dev", "ap": "https://api-ap.merge.dev"}
EXPAND = "employments,groups,work_location,team,pay_group,company"
EMPLOYEES = paging.Ask("/employees", (("page_size", "100"), ("expand", EXPAND)))


class Config(Form):
    """Which linked account, and where Merge keeps it."""

    region: Literal["us", "eu", "ap"] = Field(
        default="us",
        title="Region",
        description="Where Merge keeps the data",
        json_schema_extra=help_text(
            "us, unless the account lies in Merge's European (eu) or Asian-Pacific (ap) tenant.",
            sent_to=True,
        ),
    )
    linked_account: str = Field(
        title="Linked account ID",
        pattern=r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
        description="Of the customer, so that a token of another one is noticed",
        json_schema_extra=help_text("Merge dashboard → Linked Accounts → the customer → ID.", account=True),
    )
    partial: Literal["refuse", "use"] = Field(
        default="refuse",
        title="Payroll read in part",
        description="Whether a copy is used of which Merge could not read some fields",
        json_schema_extra=help_text(
            "refuse: nothing is used until Merge has read everything. use: when Merge → Linked Accounts → Issues says "
            "that what is missing (a permission in payroll, say) is not needed."
        ),
    )


class Secrets(Form):
    """The key of the Merge account, and the token of one customer."""

    api_key: SecretStr = Field(
        title="Access key",
        json_schema_extra=help_text("Merge dashboard → Settings → API keys → Production access key."),
    )
    account_token: SecretStr = Field(
        title="Account token",
        json_schema_extra=help_text(
            "Merge dashboard → Linked Accounts → the customer → Account token. In Common Model Scopes the models "
            "Employee, Employment, Group and Location are on, with pay rates where pay is synced."
        ),
    )


def check(source: Source) -> Checked:
    """Whose account it is, how old its copy of payroll is, and one page of employees: three requests."""
    with _session(source) as api:
        company, stands = _before(api, source)
        answer = api.get(EMPLOYEES.path, EMPLOYEES.params)
    seen = checked(MERGE, source, _here(answer.json()), company=company)
    said = f" Payroll was read on {stands.fresh:%Y-%m-%d at %H:%M} UTC."
    if stands.partial:
        said += f" Only in part: {', '.join(stands.partial)}."
    return replace(seen, sentence=seen.sentence + said) if seen.ok else seen


def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
    """Every employee. The feed is as old as Merge's copy. Merge does not say how many there are."""
    with _session(source) as api:
        _, stands = _before(api, source)
        yield from map(NotGranted, stands.switched_off)
        step = paging.by_cursor("cursor", "next")
        for answer in paging.pages(api, EMPLOYEES, step, limit=source.http.limits.pages):
            yield Records(_here(answer.json()))
    yield Done(source_time=stands.fresh)


def _session(source: Source) -> Session:
    secrets = source.secrets
    auth = Composite(
        (
            bearer(secrets.api_key.get_secret_value()),
            ApiKeyHeader("X-Account-Token", secrets.account_token.get_secret_value()),
        )
    )
    return source.http.session(f"{HOSTS[source.config.region]}/api/hris/v1", title=TITLE, auth=auth)


def _before(api: Session, source: Source) -> tuple[str, SyncStatus]:
    """The company, and how the copy stands. Raises before anybody is read where it cannot be used."""
    company = same_account(api.get("/account-details").json(), source.config.linked_account, TITLE)
    statuses = paging.listed("results", api.get("/sync-status", (("page_size", "100"),)).json(), TITLE)
    return company, sync_status(statuses, TITLE, allow_partial=source.config.partial == "use")


def _here(data: Any) -> list[Any]:
    """The employees of a page, without those who were deleted in payroll: for User Sync they are missing."""
    people = paging.listed("results", data, TITLE)
    return [one for one in people if not (isinstance(one, dict) and one.get("remote_was_deleted") is True)]


PROPOSED = {
    "source_id": "Remote ID",
    "employee_number": "Employee Number",
    "first_name": "First Name",
    "last_name": "Last Name",
    "email": "Email",
    "phone": "Mobile Phone",
    "location": "Work Location",
    "duty": "Job Title",
    "zone": "Department",
    "status": "Status",
    "hire_date": "Start Date",
    "termination_date": "Termination Date",
    "pay_rate": "Pay Rate",
    "pay_unit": "Pay Unit",
    "pay_currency": "Pay Currency",
    "pay_effective_date": "Pay Effective Date",
}

MERGE = Connector(
    kind="merge",
    title=TITLE,
    since="2026-11-29",
    checked_against="vendor's samples or SDK",
    config=Config,
    secrets=Secrets,
    provides=frozenset(PROPOSED),
    check=check,
    fetch=fetch,
    capabilities=Capabilities(
        future_hires=True,
        leavers=True,
        identity="The remote ID is payroll's own, so it does what payroll does; Merge's ID changes when an account is "
        "linked anew.",
    ),
    columns={name: f'own."{name}"' for name in COLUMNS},
    flatten=flatten,
    found=found,
    record_id="id",
    permissions={
        "Contact information": frozenset(CONTACTS),
        "Employments": frozenset(JOB),
        "Pay": frozenset(PAY),
        "Locations": frozenset(PLACE),
        "Groups": frozenset(GROUPS),
    },
    proposed=PROPOSED,
    limits=Limits(per_minute=100),
)
