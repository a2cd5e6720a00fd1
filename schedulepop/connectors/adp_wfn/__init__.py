"""ADP Workforce Now: `GET /hr/v2/workers` over mutual TLS, a hundred at a time until HTTP 204.

Checked against ADP's sample payloads (adpllc/marketplace-sample-payloads). A worker may have several assignments, of
which the first is not always the primary one; a future hire looks active; leave is employment; names may be `**`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field, SecretStr

from schedulepop.connectors import paging
from schedulepop.connectors.adp_wfn.worker import COLUMNS, CONTACTS, PAY, flatten, found
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
    help_text,
)
from schedulepop.connectors.spool import checked
from schedulepop.lib.http import Session
from schedulepop.lib.http.auth import ClientCredentials

TITLE = "ADP Workforce Now"
WORKERS, PAGE = "/hr/v2/workers", 100
HOSTS = {
    "us": ("https://api.adp.com", "https://accounts.adp.com"),
    "eu": ("https://api.eu.adp.com", "https://accounts.eu.adp.com"),
    "uat": ("https://uat-api.adp.com", "https://uat-accounts.adp.com"),
}


class Config(Form):
    """Which ADP, and as whom."""

    region: Literal["us", "eu", "uat"] = Field(
        default="us",
        title="Region",
        description="Where ADP keeps the company's data",
        json_schema_extra=help_text(
            "us for the United States, eu for Europe, uat for ADP's test system.", sent_to=True
        ),
    )
    client_id: str = Field(
        title="Client ID",
        min_length=8,
        max_length=100,
        description="Of the project that may read workers",
        json_schema_extra=help_text(
            "ADP Developer Self-Service (developers.adp.com) or API Central → Projects → the project → Development "
            "API Credentials → Client ID. The project needs the use case Workers (read, Workers v2) with pay rates "
            "and contact data, and the company's consent.",
            account=True,
        ),
    )


class Secrets(Form):
    """What ADP gives once; stored sealed and never shown again."""

    client_secret: SecretStr = Field(
        title="Client secret",
        json_schema_extra=help_text("Beside the client ID. ADP shows it once; a new one can be made there."),
    )
    certificate: SecretStr = Field(
        title="Certificate (PEM)",
        json_schema_extra=help_text(
            "API Central → Certificates: the signed certificate that ADP sent back for your request, from "
            "-----BEGIN CERTIFICATE----- on. It is valid for two years at most.",
            lines=8,
        ),
    )
    private_key: SecretStr = Field(
        title="Private key (PEM)",
        json_schema_extra=help_text(
            "The key with which the certificate was requested. It was made on your side; ADP never had it.",
            lines=8,
        ),
    )


def check(source: Source) -> Checked:
    """Signs in and reads one page: two requests."""
    with _session(source) as api:
        answer = api.get(WORKERS, (("$top", "50"), ("count", "true")))
    workers = paging.listed("workers", answer.json(), TITLE) if answer.status != 204 else []
    codes = {str(code) for code in paging.at("[].workAssignments[].payrollGroupCode", workers) or ()}
    company = f"company code {', '.join(sorted(codes))}" if codes else ""
    people = _announced(answer.json()) if workers else None
    return checked(ADP_WFN, source, workers, company=company, people=people)


def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
    """Every worker, those who left included. ADP says the number at the start, and 204 at the end."""
    first = paging.Ask(WORKERS, (("$top", str(PAGE)), ("$skip", "0"), ("count", "true")))
    step = paging.by_offset("workers", offset="$skip", stop="204")
    expected = None
    with _session(source) as api:
        for answer in paging.pages(api, first, step, limit=source.http.limits.pages):
            if answer.status != 204:
                expected = _announced(answer.json())
                yield Records(paging.listed("workers", answer.json(), TITLE))
    yield Done(expected=expected)


def _session(source: Source) -> Session:
    data, accounts = HOSTS[source.config.region]
    secrets = source.secrets
    secret = secrets.client_secret.get_secret_value()
    auth = ClientCredentials(f"{accounts}/auth/oauth/v2/token", source.config.client_id, secret)
    certificate = (secrets.certificate.get_secret_value(), secrets.private_key.get_secret_value())
    return source.http.session(
        data,
        title=TITLE,
        auth=auth,
        certificate=certificate,
        headers={"Accept": "application/json;masked=false"},
    )


def _announced(data: Any) -> int | None:
    total = paging.at("meta.totalNumber", data)
    return None if total is None else paging.number(total, TITLE)


PROPOSED = {
    "source_id": "Associate OID",
    "employee_number": "Associate ID",
    "first_name": "First Name",
    "last_name": "Last Name",
    "email": "Email",
    "phone": "Phone",
    "location": "Work Location Code",
    "duty": "Job Code",
    "zone": "Home Department Code",
    "status": "Status",
    "hire_date": "Hire Date",
    "rehire_date": "Rehire Date",
    "original_hire_date": "Original Hire Date",
    "termination_date": "Termination Date",
    "primary_flag": "Primary Assignment",
    "pay_rate": "Pay Rate",
    "pay_unit": "Pay Unit",
    "pay_currency": "Pay Currency",
    "pay_effective_date": "Pay Effective Date",
}

ADP_WFN = Connector(
    kind="adp_wfn",
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
        several_jobs=True,
        identity="The Associate OID stays at a rehire; the file number may change.",
    ),
    columns={name: f'own."{name}"' for name in COLUMNS},
    flatten=flatten,
    found=found,
    record_id="associateOID",
    permissions={"Contact data": frozenset(CONTACTS), "Pay rates": frozenset(PAY)},
    proposed=PROPOSED,
)
