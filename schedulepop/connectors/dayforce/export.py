"""What Dayforce is asked: an export of everybody, its state, and one employee alone; with entries of a year around."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from schedulepop.connectors import paging
from schedulepop.connectors.contract import ConnectorError, Source, SourceBusyError, UnreadableAnswerError
from schedulepop.connectors.dayforce.address import TITLE, own_path
from schedulepop.connectors.dayforce.employee import EXPANDED
from schedulepop.connectors.records import items
from schedulepop.lib.http import Answer, Session

EMPLOYEES, EXPORTS = "V1/Employees", "V1/EmployeeExportJobs"
PAGE = 250  # people on a page; Dayforce asks for no more than 1,000
AROUND = timedelta(days=366)
"""How far back and ahead entries are asked for: who left had a job before, who is to come has one later."""
FAILED = re.compile(r"fail|error|cancel|abort|reject", re.I)


def ordered(api: Session, source: Source) -> str:
    """Orders an export; where its state is told. It is not ordered twice when the answer to the order is lost."""
    body = _asked(source) | {"PageSize": PAGE}
    answer = api.post(EXPORTS, (("isValidateOnly", "false"),), json=body)
    return own_path(source, paging.at("Data.JobStatus", good(answer)))


def ready(api: Session, source: Source, job: str) -> str | None:
    """Where the data lies, once it is there. Raises SourceBusyError when the export failed."""
    state = paging.at("Data", good(api.get(job)))
    status = str(paging.at("Status", state) or "")
    if FAILED.search(status):
        raise SourceBusyError(f"{TITLE} did not get the export done that was ordered.")
    link = paging.at("Results", state)
    return own_path(source, link) if link and status.casefold() == "succeeded" else None


def employee(api: Session, source: Source, listed: Any) -> Any:
    """One of those who are listed by XRefCode alone, as an export would tell them."""
    code = str(listed.get("XRefCode") or "") if isinstance(listed, dict) else ""
    if not code:
        raise UnreadableAnswerError(f"{TITLE} listed somebody without an XRefCode.")
    asked = tuple((name[0].lower() + name[1:], value) for name, value in _asked(source).items())
    return paging.at("Data", good(api.get(f"{EMPLOYEES}/{quote(code, safe='')}", asked)))


def good(answer: Answer) -> Any:
    """The JSON of an answer in which nothing went wrong: an ERROR among its ProcessResults means that somebody is not
    whole. Its code is told, its message is not: it may name people.
    """
    data = answer.json()
    wrong = [one for one in items(data, "ProcessResults") if str(one.get("Level")).upper() == "ERROR"]
    if wrong:
        codes = {re.sub(r"[^\w.-]", "", str(one.get("Code")))[:60] for one in wrong}
        raise ConnectorError(
            f"{TITLE} could not read everything: {', '.join(sorted(codes))}. Ask whoever manages {TITLE}."
        )
    return data


def _asked(source: Source) -> dict[str, str]:
    days = {"From": source.today - AROUND, "To": source.today + AROUND}
    dates = {f"ContextDateRange{name}": f"{day.isoformat()}T00:00:00" for name, day in days.items()}
    return {"Expand": ",".join(EXPANDED), **dates}
