"""Paycor: the employees of one legal entity, page by page; person, pay and custom fields by a request for each.

Checked against Paycor's own specification (as konfig-sdks republished it); how one signs in is from public notes. Names
begin large in the specification and small on the wire, so both are read. A department is a reference into a list of
its own, and a list may say for ever that there is more.
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
    NotGranted,
    Part,
    Records,
    Source,
    UnreadableAnswerError,
    help_text,
)
from schedulepop.connectors.joined import Joined
from schedulepop.connectors.paycor.answers import camel, following, is_last, records
from schedulepop.connectors.paycor.employee import COLUMNS, DEPARTMENT, PAY, PERSON, PROPOSED, flatten, found
from schedulepop.connectors.records import part
from schedulepop.connectors.spool import checked
from schedulepop.lib.http import Session
from schedulepop.lib.http.auth import Rotating

TITLE = "Paycor"
HOSTS = {"live": "https://apis.paycor.com", "sandbox": "https://apis-sandbox.paycor.com"}
KEY = "Ocp-Apim-Subscription-Key"
INCLUDED = tuple(("include", one) for one in ("EmploymentDates", "Position", "Status", "WorkLocation"))
PHONES = (("include", "Phones"), ("include", "Email"))  # and nothing else of the person
DEPARTMENTS, OF_PERSON, RATES, CUSTOM = (
    "Departments",
    "Phones and private email",
    "Pay rates",
    "Custom fields",
)


class Config(Form):
    """Which legal entity, and as which application."""

    system: Literal["live", "sandbox"] = Field(
        default="live",
        title="System",
        description="Paycor's live system or its sandbox",
        json_schema_extra=help_text(
            "live, unless the application was made in Paycor's sandbox (hcm-demo.paycor.com).", sent_to=True
        ),
    )
    legal_entity_id: str = Field(
        title="Legal entity ID",
        pattern=r"^[0-9]{1,10}$",
        description="The number under which Paycor runs this payroll",
        json_schema_extra=help_text(
            "Paycor's pages call it client ID: the number beside the company's name. Not the OAuth one below.",
            sent_to=True,
        ),
    )
    client_id: str = Field(
        title="OAuth client ID",
        min_length=4,
        max_length=200,
        description="Of the application that may read employees",
        json_schema_extra=help_text(
            "developers.paycor.com → Applications → the application → Security Connections. On its page Data Access, "
            "tick View Legal Entity Employees with Employment Dates, Status, Position and Work Location, View Legal "
            "Entity Departments Information, View Employee Person, View Employee Custom Fields and, where pay is "
            "synced, View Employee Payrates.",
            account=True,
        ),
    )


class Secrets(Form):
    """What the developer portal gives, and what activating the application gives."""

    client_secret: SecretStr = Field(
        title="OAuth client secret",
        json_schema_extra=help_text(
            "developers.paycor.com → Applications → the application → Security Connections."
        ),
    )
    subscription_key: SecretStr = Field(
        title="APIm subscription key",
        json_schema_extra=help_text("Beside the OAuth client ID, under Security Connections."),
    )
    refresh_token: SecretStr = Field(
        title="Refresh token",
        json_schema_extra=help_text(
            "Shown once when an administrator activates the application for the company. It changes with each use and "
            "the newest is kept here, so nothing else may sign in with it."
        ),
    )


def check(source: Source) -> Checked:
    """Signs in, reads a page of employees, and the person and the pay of one who works here: four requests."""
    joined = Joined(PAYCOR.permissions)
    with _session(source) as api:
        first = _employees(source)
        answer = api.get(first.path, first.params)
        employees = records(answer, "id")
        here = [one for one in employees if part(one, "statusData").get("status") == "Active"] or employees
        known = {one["id"]: _of_one(api, source, joined, one["id"]) for one in here[:1]}
    rows = [{"employee": one, **known.get(one["id"], {})} for one in employees]
    company, people = f"legal entity {source.config.legal_entity_id}", len(rows) if is_last(answer) else None
    return checked(PAYCOR, source, rows, company=company, people=people, granted=joined.granted)


def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
    """The departments, then a page of employees, each with person, pay and custom fields, the next page."""
    joined, limit = Joined(PAYCOR.permissions), source.http.limits.pages
    with _session(source) as api:
        departments = _departments(api, source, joined)
        for answer in paging.pages(api, _employees(source), following("id"), limit=limit):
            for employee in records(answer, "id"):
                known = _of_one(api, source, joined, employee["id"])
                own = {"custom": _custom(api, source, joined, employee["id"])}
                yield Records([{"employee": employee, "departments": departments, **known, **own}])
    yield from map(NotGranted, joined.not_granted)
    yield Done()


def _session(source: Source) -> Session:
    """A session that signs in with the newest refresh token, also after one before it."""
    config, secrets, host = source.config, source.secrets, HOSTS[source.config.system]
    key = secrets.subscription_key.get_secret_value()
    auth = Rotating(
        f"{host}/sts/v1/common/token?subscription-key={quote(key, safe='')}",
        config.client_id,
        secrets.client_secret.get_secret_value(),
        secrets.refresh_token.get_secret_value(),
        source.keep_secret,
    )
    return source.http.session(host, title=TITLE, auth=auth, headers={KEY: key})


def _employees(source: Source) -> paging.Ask:
    return paging.Ask(f"/v1/legalentities/{source.config.legal_entity_id}/employees", INCLUDED)


def _departments(api: Session, source: Source, joined: Joined) -> dict[str, Any]:
    """Departments by their IDs; nothing where they are not granted."""
    nothing: dict[str, Any] = {}
    path = f"/v1/legalentities/{source.config.legal_entity_id}/departments"
    return joined.ask(DEPARTMENTS, lambda: {one["id"]: one for one in _all(api, source, path)}, nothing)


def _of_one(api: Session, source: Source, joined: Joined, number: str) -> dict[str, Any]:
    """The person and the rates of an employee."""
    path = f"/v1/employees/{quote(number, safe='')}"
    nobody: dict[str, Any] = {}
    rates: list[dict[str, Any]] = []
    return {
        "person": joined.ask(OF_PERSON, lambda: _person(api, f"{path}/person"), nobody),
        "rates": joined.ask(RATES, lambda: _all(api, source, f"{path}/payrates"), rates),
    }


def _person(api: Session, path: str) -> dict[str, Any]:
    person = camel(api.get(path, PHONES).json())
    if not isinstance(person, dict) or not isinstance(person.get("id"), str):
        raise UnreadableAnswerError(
            f"{TITLE} answered in another form than it documents: a person has no ID."
        )
    return person


def _custom(api: Session, source: Source, joined: Joined, number: str) -> list[dict[str, Any]]:
    """Custom fields of an employee: a bare list as the specification says, or pages like everything else."""
    path = f"/v1/employees/{quote(number, safe='')}/customfields"
    nothing: list[dict[str, Any]] = []

    def get() -> list[dict[str, Any]]:
        data = camel(api.get(path).json())
        return data if isinstance(data, list) else _all(api, source, path, "customFieldId")

    return joined.ask(CUSTOM, get, nothing)


def _all(api: Session, source: Source, path: str, key: str = "id") -> list[dict[str, Any]]:
    answers = paging.pages(api, paging.Ask(path), following(key), limit=source.http.limits.pages)
    return [one for answer in answers for one in records(answer, key)]


PAYCOR = Connector(
    kind="paycor",
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
        identity="The employee ID stays at a rehire; in another legal entity it is another one.",
    ),
    columns={name: f'own."{name}"' for name in COLUMNS},
    flatten=flatten,
    found=found,
    record_id="employee.id",
    permissions={
        DEPARTMENTS: frozenset(DEPARTMENT),
        OF_PERSON: frozenset(PERSON),
        RATES: frozenset(PAY),
    },
    proposed=PROPOSED,
    limits=Limits(per_minute=900),  # of 1,000 that a subscription key has for everything
)
