"""Paychex Flex: the workers of one company, page by page; pay and custom fields by a request for each worker.

Checked against Paychex's own specification (as konfig-sdks republished it). An answer comes in a wrapper (`content`,
`metadata`, `links`), or bare as the specification draws it. The media type that is asked for chooses the view: the one
here has contacts, and neither birth dates nor tax numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

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
    NotGranted,
    Part,
    Records,
    Source,
    help_text,
)
from schedulepop.connectors.joined import Joined
from schedulepop.connectors.paychex.answers import content, following, identified, total
from schedulepop.connectors.paychex.worker import (
    COLUMNS,
    CONTACTS,
    OPTIONAL,
    PAY,
    PER_PAY_PERIOD,
    PROPOSED,
    flatten,
    found,
    rate_of,
)
from schedulepop.connectors.records import part
from schedulepop.connectors.spool import checked
from schedulepop.lib.http import Session
from schedulepop.lib.http.auth import ClientCredentials

TITLE = "Paychex Flex"
HOST = "https://api.paychex.com"
VIEW = "application/vnd.paychex.workers.nonpii_communications.v1+json"
PAGE = 100  # at most; Paychex may give fewer
LISTS = {
    "Locations": ("locations", "locationId"),
    "Organizations": ("organizations", "organizationId"),
    **OPTIONAL,
}
CUSTOM, WORKERS_OWN = "Custom fields", "Custom fields of workers"


class Config(Form):
    """Which company, and as which app."""

    account_number: str = Field(
        title="Account number",
        pattern=r"^[A-Za-z0-9]{4,20}$",
        description="The number under which Paychex runs this company",
        json_schema_extra=help_text(
            "Paychex Flex → beside the company's name at the top: its last 8 characters, without dashes or spaces.",
            sent_to=True,
        ),
    )
    client_id: str = Field(
        title="API key",
        min_length=4,
        max_length=200,
        description="Of the app that may read workers",
        json_schema_extra=help_text(
            "Paychex Flex → Company Settings → Integrated Applications → Create App, as a security administrator. The "
            "app needs to read the company (locations, organizations, custom fields), workers with communications and, "
            "where pay is synced, compensation.",
            account=True,
        ),
    )


class Secrets(Form):
    """What Paychex shows once."""

    client_secret: SecretStr = Field(
        title="API secret",
        json_schema_extra=help_text("Beside the API key of the app; a new one can be made there."),
    )


def check(source: Source) -> Checked:
    """Signs in, finds the company, reads a page of workers, and the pay of one who works here: four requests."""
    joined = Joined(PAYCHEX.permissions)
    with _session(source) as api:
        company = _company(api, source.config.account_number)
        first = _workers(company)
        answer = api.get(first.path, first.params, dict(first.headers))
        workers = identified(answer, "workerId")
        here = [one for one in workers if part(one, "currentStatus").get("statusType") == "ACTIVE"] or workers
        pay = {one["workerId"]: _pay(api, source, joined, one["workerId"]) for one in here[:1]}
    records = [{"worker": one, **pay.get(one["workerId"], {})} for one in workers]
    name, people = _text(company, "legalName"), total(answer)
    return checked(PAYCHEX, source, records, company=name, people=people, granted=joined.granted)


def fetch(source: Source, cursor: Cursor | None) -> Iterator[Part]:
    """What the company has set up, then a page of workers, each with pay and custom fields, the next page."""
    joined, expected = Joined(PAYCHEX.permissions), None
    with _session(source) as api:
        company = _company(api, source.config.account_number)
        setup = {kind: _listed(api, source, joined, company, kind, *where) for kind, where in LISTS.items()}
        fields = _listed(api, source, joined, company, CUSTOM, "customfields", "customFieldId")
        for answer in paging.pages(
            api, _workers(company), following("workerId"), limit=source.http.limits.pages
        ):
            expected = total(answer) if expected is None else expected
            for worker in identified(answer, "workerId"):
                number = worker["workerId"]
                own = _custom(api, joined, number, fields)
                yield Records(
                    [{"worker": worker, "setup": setup, **own, **_pay(api, source, joined, number)}]
                )
    yield from map(NotGranted, joined.not_granted)
    yield Done(expected=expected)


def _session(source: Source) -> Session:
    secret = source.secrets.client_secret.get_secret_value()
    token = f"{HOST}/auth/oauth/v2/token"
    auth = ClientCredentials(token, source.config.client_id, secret, in_body=True)
    return source.http.session(HOST, title=TITLE, auth=auth)


def _company(api: Session, account: str) -> dict[str, Any]:
    """The company of this account number. Raises ConnectorError when the app may not see it."""
    last = account.upper()[-8:]
    for one in identified(api.get("/companies", (("displayid", last),)), "companyId"):
        if _text(one, "displayId").upper()[-8:] == last:
            return one
    raise ConnectorError(
        f"{TITLE} shows this app no company with that account number. Check the number, and that the company has "
        "approved the app."
    )


def _workers(company: dict[str, Any]) -> paging.Ask:
    """The first page. Filters cannot be combined with paging, so there are none."""
    path = f"/companies/{quote(_text(company, 'companyId'), safe='')}/workers"
    return paging.Ask(path, (("offset", "0"), ("limit", str(PAGE))), (("Accept", VIEW),))


def _listed(
    api: Session, source: Source, joined: Joined, company: dict[str, Any], kind: str, path: str, key: str
) -> dict[str, Any]:
    """What the company has of this kind, by ID; nothing where that is not granted."""
    ask = paging.Ask(f"/companies/{quote(_text(company, 'companyId'), safe='')}/{path}")

    def get() -> dict[str, Any]:
        answers = paging.pages(api, ask, following(key), limit=source.http.limits.pages)
        return {_text(one, key): one for answer in answers for one in identified(answer, key)}

    return joined.ask(kind, get, {})


def _pay(api: Session, source: Source, joined: Joined, number: str) -> dict[str, Any]:
    """The worker's rate in force; of a salary for each pay period also how often that is."""
    path = f"/workers/{quote(number, safe='')}/compensation"
    rate = rate_of(_asked(api, joined, "Pay rates", f"{path}/payrates", "rateType"), source.today)
    if rate.get("rateType") != PER_PAY_PERIOD:
        return {"rate": rate}
    often = _asked(api, joined, "Pay rates", f"{path}/paystandards", "payFrequency")
    return {"rate": rate, "frequency": next((one.get("payFrequency") for one in often), None)}


def _custom(api: Session, joined: Joined, number: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The worker's custom fields beside the company's; nothing, and no column, where either is not granted."""
    if not fields:
        return {}
    path = f"/workers/{quote(number, safe='')}/customfields"
    own = _asked(api, joined, WORKERS_OWN, path, "customFieldId")
    return {} if joined.refused(WORKERS_OWN) else {"fields": list(fields.values()), "custom": own}


def _asked(api: Session, joined: Joined, what: str, path: str, key: str) -> list[dict[str, Any]]:
    """What lies at a path of one worker; nothing where it is not granted."""
    nothing: list[dict[str, Any]] = []
    return joined.ask(what, lambda: content(api.get(path), key), nothing)


def _text(of: dict[str, Any], name: str) -> str:
    return str(of.get(name) or "")


PAYCHEX = Connector(
    kind="paychex",
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
        identity="The worker ID stays at a rehire; in another company it is another one.",
    ),
    columns={name: f'own."{name}"' for name in COLUMNS},
    flatten=flatten,
    found=found,
    record_id="worker.workerId",
    permissions={
        "Communications": frozenset(CONTACTS),
        "Pay rates": frozenset(PAY),
        "Locations": frozenset({"Location", "Location ID"}),
        "Organizations": frozenset({"Organization ID", "Organization Number", "Organization Level"}),
    },
    proposed=PROPOSED,
)
