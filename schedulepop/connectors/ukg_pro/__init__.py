"""UKG Pro (UltiPro): lists of persons, of pay and of employments, joined by company and employee.

Checked against UKG's own specification (personnel v1). A record's ID is called companyID here and companyId there. A
list ends with a page that is shorter than the first. What other lists say waits on disk while employments are read.
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
    NotGranted,
    Part,
    Records,
    Source,
    help_text,
)
from schedulepop.connectors.shelf import Shelf
from schedulepop.connectors.spool import checked
from schedulepop.connectors.ukg_pro.employment import COLUMNS, PAY, PERSONAL, flatten, found
from schedulepop.connectors.ukg_pro.lists import (
    COMPENSATION,
    CUSTOM,
    EMPLOYMENT,
    PERSON,
    PHONES,
    TITLE,
    asked,
    joined,
    keys,
    pages,
    rows_of,
    shelved,
)
from schedulepop.lib.http import Session
from schedulepop.lib.http.auth import ApiKeyHeader, Composite, basic

SAMPLE = ("per_Page", "50")


class Config(Form):
    """Which UKG Pro, and as whom."""

    host: str = Field(
        title="Web service host",
        pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        max_length=200,
        description="Such as service4.ultipro.com",
        json_schema_extra=help_text(
            "UKG Pro → System Configuration → Security → Web Services: what stands between https:// and the next "
            "slash in any of the addresses. It is not the host at which people sign in.",
            sent_to=True,
        ),
    )
    user: str = Field(
        title="Service account",
        min_length=1,
        max_length=100,
        description="The user name of a web service account",
        json_schema_extra=help_text(
            "UKG Pro → System Configuration → Security → Service Account Administration → Add. Check View for "
            "Personnel Integration, Employee Person Details and, where pay is synced, Employee Compensation Details.",
            account=True,
        ),
    )


class Secrets(Form):
    """What the service account signs in with, and the key of the customer."""

    password: SecretStr = Field(
        title="Password",
        json_schema_extra=help_text("Shown once, when the service account is saved."),
    )
    customer_api_key: SecretStr = Field(
        title="Customer API key",
        json_schema_extra=help_text(
            "UKG Pro → System Configuration → Security → Service Account Administration, at the top of the page. It "
            "is the same for all service accounts; the user API key beside an account is another one."
        ),
    )


def check(source: Source) -> Checked:
    """A page of employments, and of somebody who works here the person and the pay: three requests."""
    with _session(source) as api:
        rows = rows_of(api.get(EMPLOYMENT.path, (("page", "1"), SAMPLE)))
        records = [joined(row, {}) for row in rows]
        active = (one for one in records if one["employment"].get("employeestatuscode") == "A")
        for one in [next(active, records[0])] if records else []:
            one["person"] = asked(api, PERSON, one["employee"])
            one["pay"] = asked(api, COMPENSATION, one["employee"])
    names = {one["employment"].get("companyname") or one["company"] for one in records}
    return checked(UKG_PRO, source, records, company=", ".join(sorted(names)[:3]))


def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
    """What the other lists say goes to the shelf; then each employment with what lies there of it."""
    limit = source.http.limits.pages
    with _session(source) as api, Shelf(source.workdir, TITLE) as shelf:
        granted = {}
        for listed in (PERSON, COMPENSATION, PHONES, CUSTOM):
            granted[listed] = shelved(api, listed, shelf, limit)
            if listed.permission and not granted[listed]:
                yield NotGranted(listed.permission)
        for answer in pages(api, EMPLOYMENT, limit):
            records = [joined(row, shelf.of(keys(row)[1])) for row in rows_of(answer)]
            if granted[PERSON] and any(one["person"] is None for one in records):
                raise paging.ChangedWhileReadingError(
                    f"{TITLE} lists an employment of somebody whose person details it did not give."
                )
            yield Records(records)
    yield Done()


def _session(source: Source) -> Session:
    config, secrets = source.config, source.secrets
    account = basic(config.user, secrets.password.get_secret_value())
    key = ApiKeyHeader("US-Customer-Api-Key", secrets.customer_api_key.get_secret_value())
    return source.http.session(f"https://{config.host.lower()}", title=TITLE, auth=Composite((account, key)))


PROPOSED = {
    "source_id": "Employment ID",
    "employee_number": "Employee Number",
    "first_name": "First Name",
    "last_name": "Last Name",
    "email": "Email",
    "phone": "Home Phone",
    "location": "Work Location Code",
    "duty": "Job Code",
    "zone": "Org Level 2 Code",
    "status": "Status",
    "hire_date": "Hire Date",
    "rehire_date": "Rehire Date",
    "original_hire_date": "Original Hire Date",
    "termination_date": "Termination Date",
    "pay_rate": "Pay Rate",
    "pay_unit": "Pay Unit",
    "pay_currency": "Pay Currency",
}

UKG_PRO = Connector(
    kind="ukg_pro",
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
        identity="The employment ID stays at a rehire; in another company of the same owner it is another one.",
    ),
    columns={name: f'own."{name}"' for name in COLUMNS},
    flatten=flatten,
    found=found,
    record_id="id",
    permissions={PERSON.permission: frozenset(PERSONAL), COMPENSATION.permission: frozenset(PAY)},
    proposed=PROPOSED,
)
