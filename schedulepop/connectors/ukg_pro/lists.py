"""The lists of UKG Pro: what is kept of each, its pages, and how they are joined by company and employee."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schedulepop.connectors import paging
from schedulepop.connectors.contract import NotGrantedError, UnreadableAnswerError
from schedulepop.connectors.records import day, part
from schedulepop.connectors.shelf import Shelf
from schedulepop.lib.http import Answer, Session

TITLE = "UKG Pro"
PAGE = 200  # what UKG gives at once; should it give fewer, the first page shows how many
AMOUNTS = ("udfield03", "udfield04", "udfield10", "udfield11")
"""User-defined fields that are numbers: nothing tells pay among them, so that none is read."""
DAYS = ("udfield05", "udfield06", "udfield12", "udfield13")


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of UKG's: its address, what is kept of a record, and what has to be granted for it.

    Names are in lower case. `apart`: what tells several records of one employee apart.
    """

    path: str
    kept: tuple[str, ...]
    permission: str = ""
    apart: tuple[str, ...] = ()


# fmt: off
PERSON = Listed("/personnel/v1/person-details", (
    "firstname", "lastname", "preferredname", "emailaddress", "emailaddressalternate", "homephone",
    "homephoneisprivate",
), "Person details")
COMPENSATION = Listed("/personnel/v1/compensation-details", (
    "salaryorhourlycode", "hourlypayrate", "annualsalary", "currencycode",
), "Compensation details")
PHONES = Listed("/personnel/v1/employee-multi-phone-numbers", ("phonetypecode", "phonenumber", "phoneisprivate"),
    apart=("phonetypecode", "phonenumber"))
CUSTOM = Listed("/personnel/v1/user-defined-fields", ("personneluserdefinedfields", "internationaluserdefinedfields"))
EMPLOYMENT = Listed("/personnel/v1/employment-details", (
    "companycode", "companyname", "employeenumber", "timeclockid", "primaryjobcode", "jobdescription", "jobtitle",
    "positioncode", "ismultiplejob", "orglevel1code", "orglevel2code", "orglevel3code", "orglevel4code",
    "primaryworklocationcode", "workphonenumber", "employeetypecode", "fulltimeorparttimecode", "employeestatuscode",
    "salaryorhourly", "originalhiredate", "lasthiredate", "dateofseniority", "dateoftermination",
))
# fmt: on


def keys(record: Any) -> tuple[str, str]:
    """(company, employee) of a record of any list. Their names are written differently from list to list.

    The company is empty where a list has none. Raises UnreadableAnswerError without an employee.
    """
    named = _lower(record)
    company, employee = named.get("companyid") or "", named.get("employeeid")
    if not (isinstance(company, str) and isinstance(employee, str) and employee.strip()):
        raise UnreadableAnswerError(f"{TITLE} sent a record without the ID of its employee.")
    return company.strip(), employee.strip()


def kept(listed: Listed, record: Any) -> dict[str, Any]:
    """What is needed of a record, and nothing else of it: no tax number, no birth date, no address."""
    named = _lower(record)
    found = {name: named[name] for name in listed.kept if named.get(name) is not None}
    return _labeled(found) if listed is CUSTOM else found


def _lower(record: Any) -> dict[str, Any]:
    return {name.lower(): value for name, value in record.items()} if isinstance(record, dict) else {}


def _labeled(found: dict[str, Any]) -> dict[str, Any]:
    """User-defined fields that are words or days, by the labels that the company gave them."""
    own: dict[str, Any] = {}
    for kind in CUSTOM.kept:
        for name, one in part(found, kind).items():
            field, label = _lower(one), str(_lower(one).get("field") or "").strip()
            if label and not name.lower().endswith(AMOUNTS):
                value = field.get("value")
                own[label] = own.get(label) or (day(value) if name.lower().endswith(DAYS) else value)
    return own


def shelved(api: Session, listed: Listed, shelf: Shelf, limit: int) -> bool:
    """Puts a whole list to the shelf; False where the account may not read it, which its first page says."""
    begun = False
    try:
        for answer in pages(api, listed, limit):
            begun = True
            for row in rows_of(answer):
                company, employee = keys(row)
                said = kept(listed, row)
                apart = [str(said.get(name)) for name in listed.apart]
                shelf.put(employee, " ".join((listed.path, company, *apart)), said)
    except NotGrantedError:
        if begun:
            raise
    return begun


def pages(api: Session, listed: Listed, limit: int) -> Iterator[Answer]:
    """Every page of a list, at most `limit` of them."""
    first = paging.Ask(listed.path, (("page", "1"), ("per_Page", str(PAGE))))
    return paging.pages(api, first, _step(), limit=limit)


def _step() -> paging.Step:
    """The next page, until one is shorter than the first was, however many were asked for."""
    size = 0

    def step(answer: Answer, ask: paging.Ask) -> paging.Ask | None:
        nonlocal size
        came = len(rows_of(answer))
        size = size or came
        return ask.with_param("page", int(ask.param("page")) + 1) if came and came >= size else None

    return step


def rows_of(answer: Answer) -> list[Any]:
    """The records of a page, which is a list and nothing around it. Raises UnreadableAnswerError."""
    return paging.listed("", answer.json(), TITLE)


def asked(api: Session, listed: Listed, employee: str) -> dict[str, Any]:
    """What a list says of one employee; nothing where the account may not read it."""
    try:
        rows = rows_of(api.get(listed.path, (("employeeId", employee),)))
    except NotGrantedError:
        return {}
    return next((kept(listed, row) for row in rows if keys(row)[1] == employee), {})


def joined(row: Any, said: dict[str, Any]) -> dict[str, Any]:
    """An employment with the person, the pay and the company's own fields.

    A person has one record for all companies, under the company they belong to; pay is of this company's.
    """
    company, employee = keys(row)
    return {
        "id": f"{company}-{employee}",
        "company": company,
        "employee": employee,
        "employment": kept(EMPLOYMENT, row),
        "person": said.get(f"{PERSON.path} {company}") or _any(said, PERSON),
        "pay": said.get(f"{COMPENSATION.path} {company}"),
        "custom": _any(said, CUSTOM),
        "phones": _all(said, PHONES),
    }


def _any(said: dict[str, Any], listed: Listed) -> Any:
    """What a list says, whichever company it says it under."""
    return next(iter(_all(said, listed)), None)


def _all(said: dict[str, Any], listed: Listed) -> list[Any]:
    return [said[name] for name in sorted(said) if name.startswith(f"{listed.path} ")]
