"""How platforms page, and the guards: nothing goes round in circles, nothing is missing unnoticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from schedulepop.connectors import paging
from schedulepop.connectors.contract import (
    ConnectorError,
    NotFoundError,
    SourceBusyError,
    UnreadableAnswerError,
)
from schedulepop.connectors.paging import (
    Ask,
    ChangedWhileReadingError,
    PageNotFoundError,
    PartMissingError,
    Seen,
    Step,
)
from schedulepop.connectors.testing import Asked, Reply, Stub
from schedulepop.lib.http import Door, Session
from schedulepop.lib.http.errors import RefusedAddressError

PEOPLE = [{"id": str(number)} for number in range(7)]


class Open(Stub):
    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        super().__init__([{}])
        self.page = answer  # type: ignore[method-assign]

    def may(self, asked: Asked) -> bool:
        return True


@contextmanager
def session(answer: Callable[[Asked], Reply]) -> Iterator[tuple[Session, Open]]:
    with Open(answer) as stub, Door(allowed=("127.0.0.1",)).session(stub.url, title="Payroll") as api:
        yield api, stub


def read(api: Session, first: Ask, step: Step, items: str = "people", limit: int = 20) -> list[str]:
    found = []
    for answer in paging.pages(api, first, step, limit=limit):
        if answer.status != 204:
            found += [one["id"] for one in paging.listed(items, answer.json(), "Payroll")]
    return found


def some(start: int, size: int = 3) -> dict[str, Any]:
    return {"people": PEOPLE[start : start + size], "total": len(PEOPLE)}


ALL = [one["id"] for one in PEOPLE]


@pytest.mark.parametrize("stop", ["204", "short", "total"])
def test_by_offset(stop: Any) -> None:
    def answer(asked: Asked) -> Reply:
        found = some(int(asked.query.get("offset", 0)))
        return Reply(200, found) if found["people"] else Reply(204)

    with session(answer) as (api, stub):
        step = paging.by_offset("people", stop=stop, size=3, total="total")
        assert read(api, Ask("/a"), step) == ALL
        assert len(stub.asked) == (4 if stop == "204" else 3)


def test_by_cursor() -> None:
    def answer(asked: Asked) -> Reply:
        start = int(asked.query.get("after", 0))
        return Reply(200, some(start) | {"next": start + 3 if start + 3 < 7 else None})

    with session(answer) as (api, _):
        assert read(api, Ask("/a"), paging.by_cursor("after", "next")) == ALL


def test_by_header() -> None:
    def answer(asked: Asked) -> Reply:
        return Reply(200, some(3 * int(asked.query.get("page", 1)) - 3), {"X-Total-Pages": "3"})

    with session(answer) as (api, _):
        assert read(api, Ask("/a"), paging.by_header("X-Total-Pages", "page")) == ALL
        with pytest.raises(UnreadableAnswerError, match="how many"):
            read(api, Ask("/a"), paging.by_header("X-Pages", "page"))


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_by_count_asks_for_nothing_beyond_the_end(size: int) -> None:
    def answer(asked: Asked) -> Reply:
        people = PEOPLE[size * int(asked.query["page"]) :][:size]
        return Reply(200, {"people": people}, {"X-Total": "7"}) if people else Reply(404)

    with session(answer) as (api, stub):
        assert (
            read(api, Ask("/a", (("page", "0"),)), paging.by_count("X-Total", "page", items="people")) == ALL
        )
        assert len(stub.asked) == -(-7 // size)


def test_by_count_without_a_count_goes_on_to_an_empty_page() -> None:
    def answer(asked: Asked) -> Reply:
        return Reply(200, some(3 * int(asked.query["page"])))

    with session(answer) as (api, _):
        assert (
            read(api, Ask("/a", (("page", "0"),)), paging.by_count("X-Total", "page", items="people")) == ALL
        )


def test_by_link_in_the_body_and_in_the_header() -> None:
    def answer(asked: Asked) -> Reply:
        start = int(asked.query.get("from", 0))
        link = f"http://{asked.headers['host']}/a?from={start + 3}" if start + 3 < 7 else ""
        header = {"Link": f'<{link}>; rel="next", <http://x.example/>; rel="first"'} if link else {}
        return Reply(200, some(start) | {"next": link}, header)

    with session(answer) as (api, _):
        assert read(api, Ask("/a"), paging.by_link("next")) == ALL
        assert read(api, Ask("/a"), paging.by_link()) == ALL


def test_a_link_to_another_host_is_not_followed() -> None:
    def answer(asked: Asked) -> Reply:
        return Reply(200, some(0) | {"next": "https://evil.example/a"})

    with session(answer) as (api, _), pytest.raises(RefusedAddressError):
        read(api, Ask("/a"), paging.by_link("next"))


def test_by_status() -> None:
    def answer(asked: Asked) -> Reply:
        page = int(asked.query.get("page", 1))
        return Reply(206 if page < 3 else 200, some(3 * page - 3))

    with session(answer) as (api, _):
        assert read(api, Ask("/a"), paging.by_status("page")) == ALL


def test_by_job() -> None:
    looks = iter([None, None, "/data/7"])
    slept: list[float] = []
    assert paging.by_job(lambda: "7", lambda job: next(looks), slept.append, every=5) == "/data/7"
    assert slept == [5, 5]
    with pytest.raises(SourceBusyError, match="not ready"):
        paging.by_job(lambda: "7", lambda job: None, slept.append, tries=3)


def test_the_same_request_twice_is_a_circle() -> None:
    with session(lambda asked: Reply(200, some(0) | {"next": "x"})) as (api, stub):
        with pytest.raises(ConnectorError, match="circle"):
            read(api, Ask("/a"), paging.by_cursor("after", "next"))
        assert len(stub.asked) == 2


def test_pages_without_end_are_stopped() -> None:
    def answer(asked: Asked) -> Reply:
        return Reply(200, some(0) | {"next": int(asked.query.get("after", 0)) + 1})

    with session(answer) as (api, stub):
        with pytest.raises(ConnectorError, match="after 20 pages"):
            read(api, Ask("/a"), paging.by_cursor("after", "next"))
        assert len(stub.asked) == 20


@pytest.mark.parametrize("body", [{}, {"people": None}, {"people": {"id": "1"}}, [], "no"])
def test_a_missing_list_is_no_empty_one(body: Any) -> None:
    with pytest.raises(UnreadableAnswerError):
        paging.listed("people", body, "Payroll")


def test_what_comes_twice_is_one_and_what_differs_has_changed() -> None:
    seen = Seen("Payroll")
    assert not seen.again("1", ("Ada",))
    assert not seen.again("2", ("Bob",))
    assert seen.again("1", ("Ada",))
    assert len(seen) == 2
    with pytest.raises(ChangedWhileReadingError):
        seen.again("2", ("Rob",))


@pytest.mark.parametrize(
    ("step", "first"),
    [
        (paging.by_offset("people", stop="total", total="total"), Ask("/a")),
        (paging.by_count("X-Total", "page", items="people"), Ask("/a", (("page", "0"),))),
    ],
    ids=["by_offset", "by_count"],
)
def test_a_page_in_the_middle_that_is_empty_is_a_missing_page(step: Step, first: Ask) -> None:
    def answer(asked: Asked) -> Reply:
        begins = asked.query.get("offset", "0") == "0" and asked.query.get("page", "0") == "0"
        body = some(0) if begins else {"people": [], "total": len(PEOPLE)}
        return Reply(body=body, headers={"X-Total": "7"})

    with (
        session(answer) as (api, _),
        pytest.raises(PartMissingError, match="behind the first 3 is empty") as raised,
    ):
        read(api, first, step)
    assert raised.value.code == "page_missing"


def test_a_page_that_was_announced_and_is_not_there_is_a_missing_page() -> None:
    def answer(asked: Asked) -> Reply:
        return Reply(body=some(0)) if asked.query.get("offset", "0") == "0" else Reply(404)

    with session(answer) as (api, _), pytest.raises(PageNotFoundError, match="page 2 of the list") as raised:
        read(api, Ask("/a"), paging.by_offset("people", size=3))
    assert raised.value.code == "page_missing"


def test_an_address_that_is_wrong_from_the_beginning_is_no_missing_page() -> None:
    with session(lambda _: Reply(404)) as (api, _), pytest.raises(NotFoundError) as raised:
        read(api, Ask("/a"), paging.by_offset("people", size=3))
    assert raised.value.code == "not_found"
