"""Gusto: the employees of a company, a page at a time, and of each the places and, unless long gone, the employments.

Checked against Gusto's own specification (App Integrations, 2025-06-15). The list has everybody: in onboarding, active
and left. A job says nothing of where it is since 2023-07-01, so work addresses are asked for person by person, and so
is the employment history, which alone tells a first hire from a rehire. Pay is left out of jobs, not refused, where the
scope compensations:read is missing. Each sign-in brings the next refresh token, and the first use of the new access
token ends the one before (SDK gusto-app-integration 0.2.4).
"""

from __future__ import annotations

from collections.abc import Iterator
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
    Limits,
    NotFoundError,
    NotGranted,
    NotGrantedError,
    Part,
    Records,
    Source,
    UnreadableAnswerError,
    help_text,
)
from schedulepop.connectors.gusto.employee import (
    COLUMNS,
    HISTORY,
    PAY,
    flatten,
    found,
    left_long_ago,
)
from schedulepop.connectors.spool import checked
from schedulepop.lib.http import Answer, Session
from schedulepop.lib.http.auth import Rotating

TITLE, VERSION = "Gusto", "2025-06-15"
HOSTS = {"live": "https://api.gusto.com", "demo": "https://api.gusto-demo.com"}
TOTAL, PAGES = "x-total-count", "x-total-pages"
COMPENSATION, EMPLOYMENTS = "Compensation", "Employment history"
PAGE = (("page", "1"), ("per", "100"), ("sort_by", "created_at:asc"), ("include", "custom_fields"))


class Config(Form):
    """Which company, and as which application."""

    system: Literal["live", "demo"] = Field(
        default="live",
        title="System",
        description="Gusto's live system or its demo",
        json_schema_extra=help_text(
            "live, unless the application in Gusto's developer portal has no production keys yet.",
            sent_to=True,
        ),
    )
    company_id: str = Field(
        title="Company UUID",
        pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
        description="The company that allowed the application",
        json_schema_extra=help_text(
            "The answer of GET /v1/token_info to a token of this company names it: resource.uuid.",
            sent_to=True,
        ),
    )
    client_id: str = Field(
        title="Client ID",
        min_length=8,
        max_length=200,
        description="Of the application that may read employees",
        json_schema_extra=help_text(
            "Gusto Developer Portal (dev.gusto.com) → Organizations → the application → OAuth credentials. It needs "
            "the scopes employees:read and employments:read and, where pay is synced, compensations:read.",
            account=True,
        ),
    )


class Secrets(Form):
    """The application's secret, and the token by which one company allowed it."""

    client_secret: SecretStr = Field(
        title="Client secret",
        json_schema_extra=help_text("Beside the client ID in Gusto's developer portal."),
    )
    refresh_token: SecretStr = Field(
        title="Refresh token",
        json_schema_extra=help_text(
            "A primary or full-access admin of the company allows the application in the browser; POST /oauth/token "
            "answers with it. It is used once: User Sync keeps each following one, so give it to nobody else, and "
            "have the application allowed anew for a second integration."
        ),
    )


def check(source: Source) -> Checked:
    """Signs in, reads a page, and the employment history of one who works here: three requests."""
    with _session(source) as api:
        first = _first(source).with_param("include", "custom_fields,company_name")
        answer = api.get(first.path, first.params)
        people = paging.listed("", answer.json(), TITLE)
        here = [one for one in people if paging.at("terminated", one) is not True] or people
        some = [_with(api, one, "employment_history", needed=False) for one in here[:1]]
    company = str(paging.at("[0].company_name", people) or "")
    return checked(GUSTO, source, some, company=company, people=_total(answer))


def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
    """A page of employees, what else there is of each, the next page."""
    expected, granted, step = None, True, paging.by_header(PAGES, "page")
    with _session(source) as api:
        for answer in paging.pages(api, _first(source), step, limit=source.http.limits.pages):
            expected = _total(answer)
            for person in paging.listed("", answer.json(), TITLE):
                whole = _with(api, person, "work_addresses")
                if granted and not left_long_ago(whole, source.today):
                    whole = _with(api, whole, "employment_history", needed=False)
                    granted = "employment_history" in whole
                yield Records([whole])
    if not granted:
        yield NotGranted(EMPLOYMENTS)
    yield Done(expected=expected)


def _session(source: Source) -> Session:
    config, secrets, host = source.config, source.secrets, HOSTS[source.config.system]
    auth = Rotating(
        f"{host}/oauth/token",
        config.client_id,
        secrets.client_secret.get_secret_value(),
        secrets.refresh_token.get_secret_value(),
        keep=source.keep_secret,
    )
    return source.http.session(f"{host}/v1", title=TITLE, auth=auth, headers={"X-Gusto-API-Version": VERSION})


def _first(source: Source) -> paging.Ask:
    """Oldest first, so that whoever is added meanwhile comes at the end."""
    return paging.Ask(f"companies/{source.config.company_id}/employees", PAGE)


def _total(answer: Answer) -> int:
    return paging.number(answer.headers.get(TOTAL), TITLE)


def _with(api: Session, person: Any, what: str, *, needed: bool = True) -> dict[str, Any]:
    """The person with this list of theirs; without it where it is not `needed` and not granted.

    Raises ChangedWhileReadingError when Gusto does not know them any more: who is being onboarded can be deleted.
    """
    own = paging.at("uuid", person)
    if not isinstance(own, str) or not own:
        raise UnreadableAnswerError(f"{TITLE} listed somebody without an ID.")
    try:
        answer = api.get(f"employees/{quote(own, safe='')}/{what}")
    except NotGrantedError:
        if not needed:
            return dict(person)
        refused: Exception = NotGrantedError(
            f"{TITLE} does not grant access to people's places. Ask for the scope employees:read."
        )
    except NotFoundError:
        refused = paging.ChangedWhileReadingError(f"{TITLE} removed somebody while the list was read.")
    else:
        return {**person, what: paging.listed("", answer.json(), TITLE)}
    raise refused


PROPOSED = {
    "source_id": "Employee ID",
    "employee_number": "Employee Code",
    "first_name": "First Name",
    "last_name": "Last Name",
    "email": "Email",
    "phone": "Phone",
    "location": "Work Location",
    "duty": "Job Title",
    "zone": "Department",
    "status": "Status",
    "hire_date": "Hire Date",
    "rehire_date": "Rehire Date",
    "original_hire_date": "Original Hire Date",
    "termination_date": "Termination Date",
    "primary_flag": "Primary Job",
    "pay_rate": "Pay Rate",
    "pay_unit": "Pay Unit",
    "pay_effective_date": "Pay Effective Date",
}

GUSTO = Connector(
    kind="gusto",
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
        identity="The UUID stays at a rehire; in another company of the same owner it is another one.",
    ),
    columns={name: f'own."{name}"' for name in COLUMNS},
    flatten=flatten,
    found=found,
    record_id="uuid",
    permissions={COMPENSATION: frozenset(PAY), EMPLOYMENTS: frozenset(HISTORY)},
    proposed=PROPOSED,
    limits=Limits(per_minute=200),
)
