"""A body that is read as it comes, and a redirect that is told and not followed."""

from __future__ import annotations

import gzip
import tracemalloc
from typing import Any

import pytest

from schedulepop.connectors.testing import Reply
from schedulepop.lib.http import Limits, json_list
from schedulepop.lib.http.auth import bearer
from schedulepop.lib.http.errors import (
    NotGrantedError,
    RefusedAddressError,
    SourceBusyError,
    TooLargeError,
    UnreadableAnswerError,
)
from tests.lib.http.test_door import Scripted, to

MEGABYTE = 2**20


def read(*chunks: bytes) -> list[Any]:
    return list(json_list.items(chunks, "rows", "Payroll"))


# One list, item by item --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
def test_items_come_whole_however_the_text_is_cut(size: int) -> None:
    rows = '[{"a": "Zoë, [}", "pay": 24.10}, {"a": null}, 7]'
    body = f'\ufeff{{"total": 1234, "about": {{"x": [1]}}, "rows": {rows}, "z": -1.5e3}}\n'.encode()
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    assert read(*chunks) == [{"a": "Zoë, [}", "pay": "24.10"}, {"a": None}, 7]


def test_an_empty_list_is_a_list() -> None:
    assert read(b'{"rows":[]}') == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no data"),
        (b"OK", "no data"),
        (b"  <html><title>Sign in</title>", "a page for people"),
        (b"[1, 2]", "no data"),
        (b'{"message": "hello"}', r"without the list of people \(rows\)"),
        (b'{"rows": null}', "without the list"),
        (b'{"rows": [oops, {"a": 1}, {"b": 2}]}', "no data"),
        (b'{"rows": [NaN, {"a": 1}, {"b": 2}]}', "no data"),
        (b'{"rows": [1] "z": 2}', "no data"),
        (b'{"rows": [1]} and more', "no data"),
        (b'{"rows": [' + b"[" * 100_000, "no data"),
        (b'{"rows": ["' + b"x" * (2 * MEGABYTE) + b'"]}', "no data"),
        (b'{"rows": [' + b"1" * 5_000 + b"]}", "no data"),
    ],
)
def test_what_is_no_list_is_said(body: bytes, said: str) -> None:
    chunks = [body[start : start + 65_536] for start in range(0, len(body), 65_536)]
    with pytest.raises(UnreadableAnswerError, match=said):
        read(*chunks)


@pytest.mark.parametrize(
    "body", [b'{"rows": [{"a": 1}, {"a"', b'{"rows": [{"a": 1}', b'{"rows": [1],', b"{", b'{"rows": [1]']
)
def test_a_list_that_ends_in_the_middle_is_no_list(body: bytes) -> None:
    with pytest.raises(SourceBusyError, match="in the middle"):
        read(body)


def test_an_error_holds_nothing_of_what_was_read() -> None:
    with pytest.raises(UnreadableAnswerError) as raised:
        read(b'{"rows": [{"ssn": "canary"}, {"ssn": canary, "x": "canary"}]}')
    assert raised.value.__cause__ is raised.value.__context__ is None


def test_a_long_list_takes_no_memory() -> None:
    """60 MB in 4 KB chunks; what is held is one item and one chunk."""
    item = b'{"name": "' + b"x" * 1_000 + b'"},'

    def chunks() -> Any:
        yield b'{"rows": ['
        for _ in range(15_000):
            yield item * 4
        yield b"0]}"

    tracemalloc.start()
    assert sum(1 for _ in json_list.items(chunks(), "rows", "Payroll")) == 60_001
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MEGABYTE


# The door ----------------------------------------------------------------------------------------------------


def test_a_stream_is_unpacked_as_it_comes_and_never_beyond_the_limit() -> None:
    packed = Reply(200, gzip.compress(b"[1, 2]"), {"Content-Encoding": "gzip"})
    with to(Scripted(packed)) as api:
        assert b"".join(api.stream("/a")) == b"[1, 2]"
    bomb = Reply(200, gzip.compress(bytes(30 * MEGABYTE)), {"Content-Encoding": "gzip"})
    with to(Scripted(bomb), limits=Limits(body=20 * MEGABYTE)) as api:
        sizes: list[int] = []
        tracemalloc.start()
        with pytest.raises(TooLargeError, match="20 MB"):
            sizes.extend(map(len, api.stream("/a")))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert max(sizes) <= 256 * 2**10
    assert sum(sizes) <= 20 * MEGABYTE
    assert peak < 4 * MEGABYTE


def test_a_stream_waits_and_is_refused_like_any_other_answer() -> None:
    slept: list[float] = []
    stub = Scripted(Reply(503), Reply(200, b"ok"), Reply(403))
    with to(stub, sleep=slept.append) as api:
        assert b"".join(api.stream("/a", [("key", "1")])) == b"ok"
        with pytest.raises(NotGrantedError):
            api.stream("/a")
    assert slept == [1.0]
    assert stub.asked[1].query == {"key": "1"}


@pytest.mark.parametrize("reply", [Reply(200, b"x" * 5_000, cut=True), Reply(200, b"x" * 50, drip="body")])
def test_a_stream_that_breaks_off_or_drips_is_not_asked_for_again(reply: Reply) -> None:
    stub = Scripted(reply)
    opened = to(stub, bearer("canary"), limits=Limits(wait=1, answer=1))
    with opened as api, pytest.raises(SourceBusyError) as raised:
        list(api.stream("/a"))
    assert len(stub.asked) == 1
    assert "canary" not in repr([raised.value, raised.value.__cause__, raised.value.__context__])


def test_where_one_is_sent_on_to_is_told_and_not_followed() -> None:
    stub = Scripted(Reply(307, b"", {"Location": "https://us1.example/Api"}), Reply(200, {}), Reply(404))
    with to(stub, bearer("canary")) as api:
        assert api.sent_on("/a") == "https://us1.example/Api"
        assert api.sent_on("/a") == ""
        with pytest.raises(Exception, match="knows nothing at"):
            api.sent_on("/a")
    assert len(stub.asked) == 3
    elsewhere = Scripted(Reply(307, b"", {"Location": "https://us1.example/Api"}))
    with to(elsewhere) as api, pytest.raises(RefusedAddressError):
        api.get("/a")
