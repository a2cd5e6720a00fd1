"""Rippling: the REST API's list of workers, in any status, with what hangs on them expanded.

Checked against Rippling's own specification of that API. Names and phones are those of the user behind a worker; work
locations are a list of their own. What a token may not see is null, and named as redacted.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlsplit

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
    NotGrantedError,
    Part,
    Records,
    Source,
    UnreadableAnswerError,
    help_text,
)
from schedulepop.connectors.records import items, part
from schedulepop.connectors.rippling.worker import COLUMNS, PERMISSIONS, REDACTED, flatten, found
from schedulepop.connectors.spool import checked
from schedulepop.lib.http import Answer, Session
from schedulepop.lib.http.auth import bearer

TITLE = "Rippling"
HOST = "https://rest.ripplingapis.com"
BESIDE = "user,employment_type,department,teams,level,legal_entity,custom_fields"
ALL = (("limit", "100"), ("order_by", "id"))
WORKERS = paging.Ask("/workers/", (*ALL, ("expand", f"{BESIDE},compensation")))
PLACES, CUSTOM = paging.Ask("/work-locations/", ALL), paging.Ask("/custom-fields/", ALL)
MOST = 100  # pages of work locations, or of custom fields
PLAIN = frozenset(
    {
        "TEXT",
        "TEXTAREA",
        "NUMBER",
        "PERCENTAGE",
        "DATE",
        "DATETIME",
        "SELECT",
        "RADIO",
        "BOOLEAN",
        "EMAIL",
        "URL",
    }
)
"""Types of custom fields that are read. CURRENCY is pay; addresses, files and references are no values."""


class Config(Form):
    """Whose Rippling. The token says it; the name keeps customers apart."""

    company: str = Field(
        title="Company",
        min_length=2,
        max_length=100,
        description="As Rippling calls it",
        json_schema_extra=help_text("In Rippling at the top, beside the logo.", account=True),
    )


class Secrets(Form):
    """A token of one administrator, who sees what that person sees."""

    token: SecretStr = Field(
        title="API token",
        json_schema_extra=help_text(
            "Rippling → Tools → Developer → API Tokens (or Company Settings → API Access), as an administrator of the "
            "whole company: the token of a manager lists their own people only. Scopes to read: workers, users, "
            "departments, employment-types, work-locations, teams, levels, legal-entities, custom-fields, "
            "workers.custom-fields and, where pay is synced, compensations. It ends after 30 days without use."
        ),
    )


def check(source: Source) -> Checked:
    """The first page of workers, of work locations and of custom fields: three requests."""
    with _session(source) as api:
        answer = next(_answers(api, source.http.limits.pages))
        people = paging.listed("results", answer.json(), TITLE)
        beside = _beside(api, pages=1)
    companies = {str(name) for one in people if (name := part(one, "legal_entity").get("legal_name"))}
    told = _told(people, beside, _refused(people, answer))
    return checked(RIPPLING, source, told, company=", ".join(sorted(companies)))


def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
    """Every worker, those who left and those who are to come included. Rippling does not say how many."""
    with _session(source) as api:
        beside = _beside(api)
        if beside["places"] is None:
            yield NotGranted("Work locations")
        for answer in _answers(api, source.http.limits.pages):
            people = paging.listed("results", answer.json(), TITLE)
            refused = _refused(people, answer)
            yield from map(NotGranted, sorted(refused))
            yield Records(_told(people, beside, refused))
    yield Done()


def _session(source: Source) -> Session:
    return source.http.session(HOST, title=TITLE, auth=bearer(source.secrets.token.get_secret_value()))


def _answers(api: Session, limit: int) -> Iterator[Answer]:
    """Pages of workers. Where the whole question is refused because it asks for pay, too, it is asked without."""
    came = False
    try:
        for answer in paging.pages(api, WORKERS, _next, limit=limit):
            came = True
            yield answer
        return
    except NotGrantedError:
        if came:
            raise
    yield from paging.pages(api, WORKERS.with_param("expand", BESIDE), _next, limit=limit)


def _next(answer: Answer, ask: paging.Ask) -> paging.Ask | None:
    """The cursor of the next link with our own question: the link may have lost what is to be expanded."""
    link = paging.at("next_link", answer.json())
    if not link:
        return None
    cursor = dict(parse_qsl(urlsplit(str(link)).query)).get("cursor")
    if not cursor:
        raise UnreadableAnswerError(f"{TITLE} named a next page without saying where it begins.")
    return ask.with_param("cursor", cursor)


def _beside(api: Session, pages: int | None = None) -> dict[str, Any]:
    """What workers refer to: names of work locations (None where that is not granted), and of custom fields."""
    places, fields = _listed(api, PLACES, pages), _listed(api, CUSTOM, pages) or []
    return {
        "places": None if places is None else {str(one.get("id")): one.get("name") for one in places},
        "custom": {
            str(one.get(key)): str(one.get("name")).strip()
            for one in fields
            for key in ("id", "name")
            if one.get("type") in PLAIN and one.get("name")
        },
    }


def _listed(api: Session, ask: paging.Ask, pages: int | None) -> list[dict[str, Any]] | None:
    """A whole list, or its first `pages`; None where it is not granted."""
    try:
        return [
            one
            for answer in islice(paging.pages(api, ask, _next, limit=MOST), pages)
            for one in paging.listed("results", answer.json(), TITLE)
            if isinstance(one, dict)
        ]
    except NotGrantedError:
        return None


def _refused(people: list[Any], answer: Answer) -> set[str]:
    """Permissions for want of which Rippling left something out of this page, or of one of its people."""
    told = [part(answer.json(), "__meta"), *(part(one, "__meta") for one in people)]
    names = [
        str(one.get("name")).partition(".")[0] for meta in told for one in items(meta, "redacted_fields")
    ]
    return {REDACTED[name] for name in names if name in REDACTED}


def _told(people: list[Any], beside: dict[str, Any], refused: set[str]) -> list[Any]:
    """People with what was read beside them, and without what is not granted for all of them."""
    return [
        {name: one[name] for name in one if REDACTED.get(name) not in refused} | {"": beside}
        if isinstance(one, dict)
        else one
        for one in people
    ]


PROPOSED = {
    "source_id": "Worker ID",
    "employee_number": "Employee Number",
    "first_name": "First Name",
    "last_name": "Last Name",
    "email": "Email",
    "phone": "Phone",
    "location": "Work Location",
    "duty": "Job Title",
    "zone": "Department",
    "status": "Status",
    "hire_date": "Hire Date",
    "termination_date": "Termination Date",
    "pay_rate": "Pay Rate",
    "pay_unit": "Pay Unit",
    "pay_currency": "Pay Currency",
    "pay_effective_date": "Pay Effective Date",
}

RIPPLING = Connector(
    kind="rippling",
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
        identity="The worker ID belongs to one employment; what a rehire does to it is not documented.",
    ),
    columns={name: f'own."{name}"' for name in COLUMNS},
    flatten=flatten,
    found=found,
    record_id="id",
    permissions=PERMISSIONS,
    proposed=PROPOSED,
)
