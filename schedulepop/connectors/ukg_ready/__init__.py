"""UKG Ready (Kronos Workforce Ready): a list of accounts, then two requests for each; names of jobs and cost centers.

Written from public notes: integrations of others that read these addresses. Its documentation is open to customers
only. A user of the API sees what the security profile and the groups managed allow, and nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from pydantic import Field, SecretStr

from schedulepop.connectors.contract import (
    Capabilities,
    Checked,
    Connector,
    Cursor,
    Done,
    Form,
    NotGranted,
    Part,
    Records,
    Source,
    help_text,
)
from schedulepop.connectors.spool import checked
from schedulepop.connectors.ukg_ready.account import COLUMNS, PAY, flatten, found
from schedulepop.connectors.ukg_ready.answers import (
    TITLE,
    References,
    account_of,
    pay_info_of,
    pay_of,
    people_of,
    tells_jobs,
)
from schedulepop.lib.http import Session
from schedulepop.lib.http.auth import Login

PERMISSION = "Base compensation"
UNASKED = {
    "detail": {"primary_email": None, "phones": {}},
    "job": {"name": None, "id": None},
    "units": {1: {}, 2: {}, 3: {}},
}
"""What the Test button does not read: neither contacts nor jobs and cost centers. It says nothing of them."""


class Config(Form):
    """Which UKG Ready, which company in it, and as whom."""

    host: str = Field(
        title="Host",
        pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        max_length=200,
        description="Such as secure4.saashr.com",
        json_schema_extra=help_text(
            "The address at which people sign in to UKG Ready: what stands between https:// and /ta/.",
            sent_to=True,
        ),
    )
    company: str = Field(
        title="Company short name",
        pattern=r"^[A-Za-z0-9_.-]{1,50}$",
        description="What UKG Ready calls the company, often a number of seven digits",
        json_schema_extra=help_text(
            "UKG Ready → Settings → Global Setup → Company Setup → Company Info → Company Short Name. It also stands "
            "in the address of the sign-in page, before .login.",
            sent_to=True,
        ),
    )
    user: str = Field(
        title="Service account",
        min_length=1,
        max_length=100,
        description="The user name of an account for programs",
        json_schema_extra=help_text(
            "A user of its own whose security profile (Settings → Profiles/Policies → Security) may view Employees "
            "under Modules → REST API Resources; Employee Information, Cost Centers and, where pay is synced, Base "
            "Compensation under HR; and Cost Center Definitions under Global. It has to manage the group All Company "
            "Employees: others are not in the list.",
            account=True,
        ),
    )


class Secrets(Form):
    """What the service account signs in with, and the company's key."""

    password: SecretStr = Field(
        title="Password",
        json_schema_extra=help_text("The service account's, as it was set when the account was made."),
    )
    api_key: SecretStr = Field(
        title="API key",
        json_schema_extra=help_text(
            "UKG Ready → Settings → Global Setup → Company Setup → Login Config → API Keys. The company has one for "
            "all programs: a new one stops the others."
        ),
    )


def check(source: Source) -> Checked:
    """Signs in, and reads the list of accounts and everybody's pay: three requests."""
    with _session(source) as api:
        people = people_of(api)
        pay = pay_of(api, source.today) if people else None
    names = {str(one["ein_name"]) for one in people if one.get("ein_name")}
    records = [UNASKED | {"listed": one, "pay": (pay or {}).get(one["id"])} for one in people]
    return checked(UKG_READY, source, records, company=", ".join(sorted(names)[:3]), people=len(people))


def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
    """The list of accounts and everybody's pay; then each account, and the job somebody has."""
    with _session(source) as api:
        people = people_of(api)
        pay = pay_of(api, source.today)
        if pay is None:
            yield NotGranted(PERMISSION)
        names = References(api)
        has_jobs = bool(people) and tells_jobs(api, people[0]["id"])
        for one in people:
            detail = account_of(api, one["id"])
            record = {"listed": one, "detail": detail, "pay": (pay or {}).get(one["id"])}
            if has_jobs:
                record["job"] = names.job(pay_info_of(api, one["id"]))
            yield Records([record | {"units": names.units(detail)}])
    yield Done(expected=len({one["id"] for one in people}))


def _session(source: Source) -> Session:
    config, secrets = source.config, source.secrets
    host, key = f"https://{config.host.lower()}/ta/rest", secrets.api_key.get_secret_value()
    signs_in = {
        "username": config.user,
        "password": secrets.password.get_secret_value(),
        "company": config.company,
    }
    login = Login(
        f"{host}/v1/login", {"credentials": signs_in}, more={"Api-Key": key}, header="Authentication"
    )
    base = f"{host}/v2/companies/{quote('|' + config.company, safe='')}/"
    return source.http.session(base, title=TITLE, auth=login)


PROPOSED = {
    "source_id": "Account ID",
    "employee_number": "Employee ID",
    "first_name": "First Name",
    "last_name": "Last Name",
    "email": "Email",
    "phone": "Phone",
    "location": "Cost Center 1",
    "duty": "Job",
    "zone": "Cost Center 2",
    "status": "Status",
    "hire_date": "Hire Date",
    "rehire_date": "Rehire Date",
    "original_hire_date": "Original Hire Date",
    "termination_date": "Termination Date",
    "pay_rate": "Pay Rate",
    "pay_unit": "Pay Unit",
    "pay_currency": "Pay Currency",
    "pay_effective_date": "Pay Effective Date",
}

UKG_READY = Connector(
    kind="ukg_ready",
    title=TITLE,
    since="2026-11-29",
    checked_against="public notes",
    config=Config,
    secrets=Secrets,
    provides=frozenset(PROPOSED),
    check=check,
    fetch=fetch,
    capabilities=Capabilities(
        future_hires=True,
        leavers=True,
        identity="The account ID stays at a rehire; with another employer (EIN) of the company it is another one.",
    ),
    columns={name: f'own."{name}"' for name in COLUMNS},
    flatten=flatten,
    found=found,
    record_id="listed.id",
    permissions={PERMISSION: frozenset(PAY)},
    proposed=PROPOSED,
)
