"""How platforms page: a step says which request comes after an answer; the guards stop what never ends.

A step is one of the functions here or one to three lines of a connector's own. What is read twice is told by `Seen`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import jmespath

from schedulepop.connectors.contract import (
    ConnectorError,
    NotFoundError,
    SourceBusyError,
    UnreadableAnswerError,
)
from schedulepop.lib.http import Answer, Session


@dataclass(frozen=True, slots=True)
class Ask:
    """One request for a page: a path or a whole link, and its query."""

    path: str
    params: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    def with_param(self, name: str, value: Any) -> Ask:
        """The same with one parameter set."""
        kept = tuple(one for one in self.params if one[0] != name)
        return replace(self, params=(*kept, (name, str(value))))

    def param(self, name: str, default: str = "0") -> str:
        """The value of a parameter."""
        return dict(self.params).get(name, default)


MOST_NAMED = 5  # columns in a sentence
Step = Callable[[Answer, Ask], Ask | None]


class ChangedWhileReadingError(SourceBusyError):
    """The list changed while it was read: begun anew once, then left for later."""

    code = "changed_while_reading"


class TwoRecordsError(ChangedWhileReadingError):
    """One ID came with two different records. `key`: which one; `differs`: in what, where that is known."""

    def __init__(self, title: str, key: str, differs: Iterable[str] = ()) -> None:
        self.title, self.key, self.differs = title, key, tuple(differs)
        super().__init__(
            f"{title} gave two different records under one ID ({key}){_in_what(self.differs)}. It may have been "
            "changed while it was read."
        )

    def lasting(self) -> ConnectorError:
        """What it is when the list, read once more, says the same again."""
        return ConnectorError(
            f"{self.title} lists two different records under one ID ({self.key}){_in_what(self.differs)}, also when "
            "the list is read again. Correct one of the two there, or take it out. Until then nothing of the list is "
            "used."
        )


def _in_what(differs: tuple[str, ...]) -> str:
    more = ", …" if len(differs) > MOST_NAMED else ""
    return f", which differ in {', '.join(differs[:MOST_NAMED])}{more}" if differs else ""


PAGE_MISSING = "page_missing"


class PartMissingError(SourceBusyError):
    """A part of the list did not come: fewer people than were announced, or a page in the middle that is empty."""

    code = PAGE_MISSING


class PageNotFoundError(NotFoundError):
    """A page that the one before it promised is not there (404)."""

    code = PAGE_MISSING


def pages(session: Session, first: Ask, step: Step, *, limit: int) -> Iterator[Answer]:
    """Answers, one page at a time, until `step` gives no further request.

    Raises ConnectorError when the source asks for the same page twice, or for more than `limit` pages.
    """
    asked: set[Ask] = set()
    ask: Ask | None = first
    while ask is not None:
        if ask in asked:
            raise ConnectorError(
                f"{session.title} pages in a circle: it gave the same page twice as the next one."
            )
        if len(asked) >= limit:
            raise ConnectorError(f"{session.title} does not come to an end after {limit:,} pages.")
        asked.add(ask)
        answer = _page(session, ask, len(asked))
        yield answer
        ask = step(answer, ask)


def _page(session: Session, ask: Ask, number: int) -> Answer:
    try:
        return session.get(ask.path, ask.params, dict(ask.headers))
    except NotFoundError as error:
        if number == 1:
            raise
        raise PageNotFoundError(
            f"{session.title} announced page {number} of the list and does not have it, so nothing of it is used."
        ) from error


def _empty_in_the_middle(answer: Answer, reached: int, total: int) -> PartMissingError:
    if not reached:
        return PartMissingError(
            f"{answer.title} announced {total:,} people and sent 0, so nothing of it is used."
        )
    return PartMissingError(
        f"{answer.title} announced {total:,} people, and the page behind the first {reached:,} is empty, so nothing of "
        "it is used."
    )


def at(path: str, data: Any) -> Any:
    """What lies at a JMESPath."""
    return jmespath.search(path, data)


def listed(path: str, data: Any, title: str) -> list[Any]:
    """The list at a path. Raises UnreadableAnswerError when there is none: a missing list is no empty one."""
    found = at(path, data) if path else data
    if not isinstance(found, list):
        raise UnreadableAnswerError(f"{title} answered without the list of people ({path or 'a list'}).")
    return found


def by_offset(
    items: str,
    *,
    offset: str = "offset",
    stop: Literal["204", "short", "total"] = "short",
    size: int = 0,
    total: str = "",
) -> Step:
    """Skips what came: `stop` at an answer without content, at a page shorter than `size`, or at the `total` (a path).

    It skips what came and not what was asked for, so that a server that gives fewer loses nobody.
    """

    def step(answer: Answer, ask: Ask) -> Ask | None:
        if answer.status == 204:
            return None
        data = answer.json()
        came = len(listed(items, data, answer.title))
        reached = int(ask.param(offset)) + came
        if stop == "total":
            if reached >= (announced := number(at(total, data), answer.title)):
                return None
            if not came:
                raise _empty_in_the_middle(answer, reached, announced)
        if not came or (stop == "short" and came < size):
            return None
        return ask.with_param(offset, reached)

    return step


def by_cursor(param: str, path: str) -> Step:
    """The next cursor is at `path`; none, or an empty one, is the end."""

    def step(answer: Answer, ask: Ask) -> Ask | None:
        cursor = at(path, answer.json())
        return ask.with_param(param, cursor) if cursor not in (None, "") else None

    return step


def by_header(header: str, param: str, *, first: int = 1) -> Step:
    """A header says how many pages there are; the first has the number `first`. Raises when it is missing."""

    def step(answer: Answer, ask: Ask) -> Ask | None:
        total = number(answer.headers.get(header.lower()), answer.title)
        following = int(ask.param(param, str(first))) + 1
        return ask.with_param(param, following) if following < first + total else None

    return step


def by_count(header: str, param: str, *, items: str = "", first: int = 0) -> Step:
    """A header says how many people there are; the first page shows how many come at once, whatever was asked for.

    Nothing is asked for beyond the last page. Without the header the first empty page is the last.
    """
    size = 0

    def step(answer: Answer, ask: Ask) -> Ask | None:
        nonlocal size
        came = len(listed(items, answer.json(), answer.title))
        size = size or came
        following = int(ask.param(param, str(first))) + 1
        told = answer.headers.get(header.lower())
        announced = None if told is None else number(told, answer.title)
        more = announced is None or (following - first) * size < announced
        if more and announced is not None and not came and size:
            raise _empty_in_the_middle(answer, (following - 1 - first) * size, announced)
        return ask.with_param(param, following) if came and more else None

    return step


def by_link(path: str = "") -> Step:
    """The next page is a link: at `path` in the answer, or in its Link header as rel=next. It stays on the host."""

    def step(answer: Answer, ask: Ask) -> Ask | None:
        link = at(path, answer.json()) if path else _next(answer.headers.get("link", ""))
        return Ask(str(link), headers=ask.headers) if link else None

    return step


def by_status(param: str, *, more: int = 206, first: int = 1) -> Step:
    """The status says whether more follows (206) or this is the last page (200)."""

    def step(answer: Answer, ask: Ask) -> Ask | None:
        return ask.with_param(param, int(ask.param(param, str(first))) + 1) if answer.status == more else None

    return step


def by_job(
    submit: Callable[[], str],
    poll: Callable[[str], str | None],
    sleep: Callable[[float], None],
    *,
    every: float = 10,
    tries: int = 180,
) -> str:
    """Orders an export and waits for it: `submit` gives the job, `poll` where its data lies once it is ready.

    Raises SourceBusyError when it is not ready after `tries` looks.
    """
    job = submit()
    for _ in range(tries):
        if (ready := poll(job)) is not None:
            return ready
        sleep(every)
    raise SourceBusyError("The export that was ordered is not ready yet.")


def number(value: Any, title: str) -> int:
    """A count that the source gives. Raises UnreadableAnswerError when it is none."""
    text = str(value).strip()
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise UnreadableAnswerError(f"{title} did not say how many there are.")
    return int(text)


class Seen:
    """Which records came, as a hash each. A list that moved while it was read shows a record twice, or differently."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._seen: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self._seen)

    def again(self, key: Hashable, content: Hashable) -> bool:
        """Whether this very record came before. Raises ChangedWhileReadingError when it came with other content."""
        before = self._seen.get(key)
        if before is None:
            self._seen[key] = hash(content)
        elif before != hash(content):
            raise TwoRecordsError(self._title, str(key))
        return before is not None


def _next(header: str) -> str:
    """The target of rel=next in a Link header (RFC 8288)."""
    for link in re.finditer(r"<([^>]*)>([^<]*)", header):
        if re.search(r"""\brel\s*=\s*["']?[^"';,]*\bnext\b""", link[2]):
            return link[1]
    return ""
