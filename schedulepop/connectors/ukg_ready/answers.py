"""What UKG Ready answers: accounts, pay, and what it only names by ID, each unless a security profile forbids it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import quote

from schedulepop.connectors import paging
from schedulepop.connectors.contract import NotFoundError, NotGrantedError, UnreadableAnswerError
from schedulepop.connectors.records import items, part
from schedulepop.connectors.ukg_ready.account import NEEDED, holding
from schedulepop.lib.http import Answer, Session

TITLE = "UKG Ready"
EMPLOYEES, COMPENSATION = "employees", "compensation/history"
JOBS, COST_CENTERS = "lookup/jobs", "config/cost-centers"
LACKS_PERMISSION = 42
"""UKG's reason of a 403: the security profile. Another reason is no missing permission."""
Entry = dict[str, Any]


def allowed(api: Session, path: str, params: Iterable[tuple[str, str]] = ()) -> Answer | None:
    """The answer, or None where the security profile lacks the permission. Raises NotGrantedError for other reasons."""
    try:
        return api.get(path, params)
    except NotGrantedError as error:
        if error.said not in (None, LACKS_PERMISSION):
            raise
    return None


def people_of(api: Session) -> list[Entry]:
    """Every account in any status, with what is needed of it. Raises NotGrantedError, UnreadableAnswerError."""
    answer = allowed(api, EMPLOYEES)
    if answer is None:
        raise NotGrantedError(
            f"{TITLE} does not let this user read employees. Its security profile has to view Employees under "
            "Modules → REST API Resources.",
            LACKS_PERMISSION,
        )
    rows = paging.listed("employees", answer.json(), TITLE)
    people = [{name: row.get(name) for name in NEEDED} for row in rows if isinstance(row, dict)]
    if len(people) != len(rows) or not all(isinstance(one["id"], int | str) for one in people):
        raise UnreadableAnswerError(f"{TITLE} sent an account without its ID.")
    return people


def pay_of(api: Session, today: date) -> dict[Any, Entry] | None:
    """Account ID → base compensation of today. None where it may not be read.

    Nothing public says what the list is called that comes: it is the only one in the answer.
    """
    answer = allowed(api, COMPENSATION)
    if answer is None:
        return None
    data = answer.json()
    lists = [one for one in (data.values() if isinstance(data, dict) else [data]) if isinstance(one, list)]
    if len(lists) != 1:
        raise UnreadableAnswerError(f"{TITLE} answered without the list of base compensations.")
    return holding([one for one in lists[0] if isinstance(one, dict)], today)


def account_of(api: Session, account: Any) -> Entry:
    """The whole account. Raises UnreadableAnswerError when it is not the one that was asked for."""
    data = _of(api, account, "")
    if data.get("id") != account:
        raise UnreadableAnswerError(f"{TITLE} answered with another account than it was asked for.")
    return data


def pay_info_of(api: Session, account: Any) -> Entry:
    """The account's pay information, of which the default job is read."""
    return _of(api, account, "/pay-info")


def tells_jobs(api: Session, account: Any) -> bool:
    """Whether pay information may be read, which the first account shows."""
    return allowed(api, f"{EMPLOYEES}/{quote(str(account), safe='')}/pay-info") is not None


def _of(api: Session, account: Any, what: str) -> Entry:
    data: Any = None
    try:
        data = api.get(f"{EMPLOYEES}/{quote(str(account), safe='')}{what}").json()
    except NotFoundError as error:
        raise paging.ChangedWhileReadingError(f"{TITLE} has removed an account while it was read.") from error
    if not isinstance(data, dict):
        raise UnreadableAnswerError(f"{TITLE} sent an account in a form it does not document.")
    return data


class References:
    """Jobs, and a tree of cost centers for each place. A tree that may not be read has no entries and no columns."""

    def __init__(self, api: Session) -> None:
        self._api = api
        self._known: dict[tuple[str, int], dict[Any, Entry] | None] = {}

    def job(self, pay_info: Entry) -> Entry:
        """The job somebody has by default; without a name where jobs may not be looked up."""
        job = part(pay_info, "default_job")
        known = self._entries(JOBS, "items") if job else None
        return (known or {}).get(job.get("id")) or job

    def units(self, detail: Entry) -> dict[int, Entry]:
        """Place (from 1) → cost center with its name, of those whose tree may be read."""
        found: dict[int, Entry] = {}
        for one in items(part(detail, "cost_centers_info"), "defaults"):
            place, unit = one.get("index"), part(one, "value")
            if not isinstance(place, int):
                continue
            tree = self._entries(COST_CENTERS, "cost_centers", place)
            if tree is not None:
                found[place + 1] = tree.get(unit.get("id")) or unit
        return found

    def _entries(self, path: str, name: str, tree: int = 0) -> dict[Any, Entry] | None:
        """ID → entry of a list, asked for once. None where it may not be read."""
        if (path, tree) not in self._known:
            params = (("tree_index", str(tree)),) if path == COST_CENTERS else ()
            answer = allowed(self._api, path, params)
            rows = paging.listed(name, answer.json(), TITLE) if answer else None
            self._known[path, tree] = (
                None if rows is None else {one["id"]: _named(one) for one in _whole(rows)}
            )
        return self._known[path, tree]


def _whole(rows: list[Any]) -> list[Entry]:
    return [one for one in rows if isinstance(one, dict) and one.get("id") is not None]


def _named(entry: Entry) -> Entry:
    return {name: entry.get(name) for name in ("id", "name", "external_id")}
