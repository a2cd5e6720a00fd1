"""Finch, which reads many payrolls by one API: the directory, then individuals and employments of a page in one go.

Checked against Finch's own specification (2020-09-17) and its SDK (finch-api 2.9.1). Each person in such an answer has
a code of its own, whatever the answer as a whole says. A 202 means that Finch has not fetched the data from the payroll
yet. What comes is what Finch fetched last: up to a day ago, or a week where people at Finch do it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field, SecretStr

from schedulepop.connectors import paging
from schedulepop.connectors.contract import (
    Capabilities,
    Checked,
    Connector,
    ConnectorError,
    Cursor,
    Done,
    Form,
    Limits,
    NotGranted,
    NotGrantedError,
    Part,
    Records,
    SignInRefusedError,
    Source,
    SourceBusyError,
    UnreadableAnswerError,
    help_text,
)
from schedulepop.connectors.finch.person import COLUMNS, CONTACTS, PAY, flatten, found
from schedulepop.connectors.spool import checked
from schedulepop.lib.http import Answer, Session
from schedulepop.lib.http.auth import bearer

TITLE, VERSION = "Finch", "2020-09-17"
EMPLOYER = "https://api.tryfinch.com/employer"
AT_ONCE = 1_000  # people in one request; Finch names no most, and counts requests
NOT_READY = 202
BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
CONTACT_DATA, INCOME = "Individual data", "Income"
_BY_TOTAL = paging.by_offset("individuals", stop="total", total="paging.count")
_BY_EMPTY_PAGE = paging.by_offset("individuals", stop="204")


class Config(Form):
    """By which application, and of which entity."""

    client_id: str = Field(
        title="Client ID",
        min_length=8,
        max_length=100,
        description="Of the Finch application through which the employer connected",
        json_schema_extra=help_text(
            "Finch Dashboard → the environment at the top → Credentials. It is not sent; all employers of one "
            "application share 20 requests a minute, so User Sync counts them together.",
            account=True,
        ),
    )
    entity_id: str = Field(
        default="",
        title="Entity ID",
        pattern=r"^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?$",
        description="Only for a connection with several entities",
        json_schema_extra=help_text(
            "GET /introspect with the connection's token names them: entities, id. Where there are several, one "
            "integration for each; otherwise blank."
        ),
    )


class Secrets(Form):
    """What Finch gave when the employer connected."""

    access_token: SecretStr = Field(
        title="Access token",
        json_schema_extra=help_text(
            "Comes from Finch Connect when the employer has allowed the products directory, individual and employment. "
            "When the employer connects anew, enter the new one."
        ),
    )


def check(source: Source) -> Checked:
    """A page of the directory, and one who works here from both lists: three requests."""
    with _session(source) as api:
        answer = _ready(api.get("directory", _first(source, 25).params))
        people = paging.listed("individuals", answer.json(), TITLE)
        here = [one for one in people if paging.at("is_active", one) is True] or people
        some = [
            one for part in _whole(api, source, here[:1]) if isinstance(part, Records) for one in part.rows
        ]
    return checked(FINCH, source, some, people=_total(answer))


def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
    """A page of the directory, everything of its people, the next page."""
    expected = None
    with _session(source) as api:
        for answer in paging.pages(api, _first(source, AT_ONCE), _step, limit=source.http.limits.pages):
            expected = _total(_ready(answer))
            yield from _whole(api, source, paging.listed("individuals", answer.json(), TITLE))
    yield Done(expected=expected)


def _session(source: Source) -> Session:
    auth = bearer(source.secrets.access_token.get_secret_value())
    return source.http.session(EMPLOYER, title=TITLE, auth=auth, headers={"Finch-API-Version": VERSION})


def _first(source: Source, size: int) -> paging.Ask:
    return paging.Ask("directory", (("limit", str(size)), ("offset", "0"), *_entity(source)))


def _entity(source: Source) -> tuple[tuple[str, str], ...]:
    """Which entity: needed where a connection has several."""
    return (("entity_ids[]", source.config.entity_id),) if source.config.entity_id else ()


def _step(answer: Answer, ask: paging.Ask) -> paging.Ask | None:
    """The next page: until the total is reached or, where Finch tells none, until one is empty."""
    return (_BY_EMPTY_PAGE if _total(answer) is None else _BY_TOTAL)(answer, ask)


def _total(answer: Answer) -> int | None:
    told = paging.at("paging.count", answer.json())
    return None if told is None else paging.number(told, TITLE)


def _ready(answer: Answer) -> Answer:
    if answer.status == NOT_READY:
        raise SourceBusyError(f"{TITLE} has not fetched the data from the payroll yet.")
    return answer


def _whole(api: Session, source: Source, listed: list[Any]) -> Iterator[Part]:
    """These people of the directory with their individual and employment data; the former may be refused."""
    people = {str(paging.at("id", one) or ""): one for one in listed}
    if "" in people:
        raise UnreadableAnswerError(f"{TITLE} listed somebody without an ID.")
    if not people:
        return
    try:
        individuals = _asked(api, source, "individual", list(people))
    except NotGrantedError:
        individuals = {}
        yield NotGranted(CONTACT_DATA)
    employments = _asked(api, source, "employment", list(people))
    yield Records(
        [
            {"id": own, "listed": one, "individual": individuals.get(own), "employment": employments[own]}
            for own, one in people.items()
        ]
    )


def _asked(api: Session, source: Source, what: str, ids: list[str]) -> dict[str, dict[str, Any]]:
    """ID → data of everybody who was asked about, and of nobody else. Raises by what any person's code says."""
    body = {"requests": [{"individual_id": own} for own in ids]}
    answer = _ready(api.post(what, _entity(source), json=body, reads=True))
    told: dict[str, dict[str, Any]] = {}
    for one in paging.listed("responses", answer.json(), TITLE):
        if not isinstance(one, dict) or not isinstance(one.get("code"), int):
            raise UnreadableAnswerError(f"{TITLE} answered in a form that it does not document.")
        _answered(one["code"], what)
        own, data = one.get("individual_id"), one.get("body")
        if not isinstance(data, dict) or data.get("id", own) != own:
            raise UnreadableAnswerError(f"{TITLE} answered with another person than it was asked for.")
        told[str(own)] = data
    if told.keys() != set(ids):
        raise UnreadableAnswerError(f"{TITLE} did not answer for each person it was asked for.")
    return told


def _answered(code: Any, what: str) -> None:
    """Nothing for a person's code 200. Raises what the same code of a whole answer would."""
    if code == 200:
        return
    if code == NOT_READY or code in BUSY:
        raise SourceBusyError(f"{TITLE} has not fetched the {what} data of everybody from the payroll yet.")
    if code == 401:
        raise SignInRefusedError(
            f"{TITLE} lost its access to the payroll. The employer has to connect again."
        )
    if code == 403:
        raise NotGrantedError(f"{TITLE} does not grant access to {what} data. Ask for the product {what}.")
    if code == 404:
        raise paging.ChangedWhileReadingError(f"{TITLE} removed somebody while the list was read.")
    raise ConnectorError(f"{TITLE} cannot read the {what} data of somebody (code {code}).")


PROPOSED = {
    "source_id": "ID",
    "employee_number": "Source ID",
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
    "pay_rate": "Pay Rate",
    "pay_unit": "Pay Unit",
    "pay_currency": "Pay Currency",
    "pay_effective_date": "Pay Effective Date",
}

FINCH = Connector(
    kind="finch",
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
        identity="The ID may become another one when the employer connects again in another way: the run is held, and "
        "the payroll's own Source ID says who is who.",
    ),
    columns={name: f'own."{name}"' for name in COLUMNS},
    flatten=flatten,
    found=found,
    record_id="id",
    permissions={CONTACT_DATA: frozenset(CONTACTS), INCOME: frozenset(PAY)},
    proposed=PROPOSED,
    limits=Limits(per_minute=20, wait=360, answer=400),  # before its first sync Finch asks the payroll live
)
