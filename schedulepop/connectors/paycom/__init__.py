"""Paycom: the employee directory, page after page while it answers 206, then one request for each person.

From public notes: Paycom shows its documentation to its customers only. What is said here is what notes on its API
Companion Guide (4.0) and programs that read it agree on; field names of the employee record are those of one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, urlsplit

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
    NotFoundError,
    NotGrantedError,
    Part,
    Records,
    SignInRefusedError,
    Source,
    UnreadableAnswerError,
    help_text,
)
from schedulepop.connectors.paycom.employee import COLUMNS, CONTACTS, PAY, flatten, found
from schedulepop.connectors.spool import checked
from schedulepop.lib.http import Answer, Session
from schedulepop.lib.http.auth import basic

TITLE = "Paycom"
HOSTS = {
    "okc": "https://api.paycomonline.net",
    "phx": "https://api.phx.us-west.paycomonline.net",
    "dfw": "https://api.paycomdfw.net",
}
DIRECTORY = paging.Ask("/employeedirectory", (("pagesize", "500"), ("page", "1")))
TOTAL = "x-total-count"


class Config(Form):
    """Which of Paycom's data centers, and as whom."""

    region: Literal["okc", "phx", "dfw"] = Field(
        default="okc",
        title="Data center",
        description="Where Paycom keeps the company's data",
        json_schema_extra=help_text(
            "The Paycom specialist says which: okc (api.paycomonline.net), phx (Phoenix) or dfw (Dallas).",
            sent_to=True,
        ),
    )
    sid: str = Field(
        title="SID",
        pattern=r"^[A-Za-z0-9_-]{4,128}$",
        description="The API user",
        json_schema_extra=help_text(
            "From the Paycom specialist, who also has to let this server's address in. Paycom → User Options → User "
            "Access and Security → API Setup → the API user: the functions Employee Directory and Employee are on.",
            account=True,
        ),
    )


class Secrets(Form):
    """What comes with the SID."""

    token: SecretStr = Field(
        title="Token",
        json_schema_extra=help_text(
            "Comes with the SID; a new one is made in API Setup with the pencil beside the user."
        ),
    )


def check(source: Source) -> Checked:
    """The first page of the directory, and one person who works here: two requests."""
    with _session(source) as api:
        answer = next(_answers(api, 1))
        people = _data(answer)
        here = [one for one in people if paging.at("eestatus", one) == "A"] or people
        some = [_person(api, one) for one in here[:1]]
    return checked(PAYCOM, source, some, people=_total(answer))


def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
    """A page of the directory, its people one by one, the next page."""
    expected = None
    with _session(source) as api:
        for answer in _answers(api, source.http.limits.pages):
            expected = _total(answer) if expected is None else expected
            for one in _data(answer):
                yield Records([_person(api, one)])
    yield Done(expected=expected)


def _session(source: Source) -> Session:
    base = f"{HOSTS[source.config.region]}/v4/rest/index.php/api/v1"
    return source.http.session(
        base, title=TITLE, auth=basic(source.config.sid, source.secrets.token.get_secret_value())
    )


def _answers(api: Session, limit: int) -> Iterator[Answer]:
    with _explained("Employee Directory"):
        yield from paging.pages(api, DIRECTORY, _next, limit=limit)


def _next(answer: Answer, ask: paging.Ask) -> paging.Ask | None:
    """206 has more, 200 is the last. A Link header may name the list that is read (`requestid`), and is followed."""
    if answer.status != 206:
        return None
    link = paging.by_link()(answer, ask)
    told = dict(parse_qsl(urlsplit(link.path).query)) if link else {}
    following = ask.with_param("page", told.get("page") or int(ask.param("page")) + 1)
    return following.with_param("requestid", told["requestid"]) if "requestid" in told else following


def _data(answer: Answer) -> list[Any]:
    """What is in the envelope. Raises ConnectorError where it says that the request failed."""
    told = answer.json()
    if isinstance(told, dict) and told.get("result") is False:
        raise ConnectorError(
            f"{TITLE} took the request and says that it failed. Ask the Paycom specialist why."
        )
    return paging.listed("data", told, TITLE)


def _total(answer: Answer) -> int | None:
    return paging.number(answer.headers[TOTAL], TITLE) if TOTAL in answer.headers else None


def _person(api: Session, listed: Any) -> dict[str, Any]:
    """Somebody of the directory with their record. Raises UnreadableAnswerError when it is another one's."""
    asked = paging.at("eecode", listed)
    if not isinstance(asked, str) or not asked:
        raise UnreadableAnswerError(f"{TITLE} listed somebody without an employee code.")
    with _explained("Employee"):
        found = _data(api.get(f"/employee/{quote(asked, safe='')}"))
    master = found[0] if found and isinstance(found[0], dict) else {}
    if asked not in (master.get("employee_code"), master.get("eecode")):
        raise UnreadableAnswerError(f"{TITLE} answered with another person than it was asked for.")
    return {**listed, "master": master}


@contextmanager
def _explained(function: str) -> Iterator[None]:
    """What Paycom means by its statuses: 401 is an address it does not know, 413 a function that is not on."""
    try:
        yield
    except SignInRefusedError:
        raise SignInRefusedError(
            f"{TITLE} refused the sign-in. It lets in addresses that it knows only: have this server's address allowed "
            "for the SID first, then check SID and token."
        ) from None
    except NotGrantedError:
        raise NotGrantedError(
            f"{TITLE} has not switched on the function {function} for this SID. Whoever manages {TITLE} does so in API "
            "Setup."
        ) from None
    except NotFoundError:
        raise NotFoundError(
            f"{TITLE} knows nothing where {function} lies. Check the data center, or try again: somebody may just have "
            "been deleted."
        ) from None


# fmt: off
PROPOSED = {
    "source_id": "Employee Code", "employee_number": "Badge Number", "first_name": "First Name",
    "last_name": "Last Name", "email": "Email", "phone": "Phone", "location": "Location", "duty": "Job Title",
    "zone": "Department Code", "status": "Status", "hire_date": "Hire Date", "rehire_date": "Rehire Date",
    "original_hire_date": "Seniority Date", "termination_date": "Termination Date", "leave_end": "Leave End",
    "pay_rate": "Pay Rate", "pay_unit": "Pay Unit",
}
# fmt: on

PAYCOM = Connector(
    kind="paycom",
    title=TITLE,
    since="2026-11-29",
    checked_against="public notes",
    config=Config,
    secrets=Secrets,
    provides=frozenset(PROPOSED),
    check=check,
    fetch=fetch,
    capabilities=Capabilities(
        leavers=True,
        identity="The employee code is the company's; what a rehire does to it is not documented.",
    ),
    columns=COLUMNS,
    flatten=flatten,
    found=found,
    record_id="eecode",
    permissions={
        "Contact information": frozenset(CONTACTS),
        "Pay": frozenset(PAY),
    },
    proposed=PROPOSED,
    limits=Limits(per_minute=150),
)
