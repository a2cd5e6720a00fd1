"""What is no payroll export: refused at once, in a sentence that says what arrived and what to do."""

from __future__ import annotations

import json
import random
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.plan.read import read
from schedulepop.wording import refusals
from tests.saying import refusing
from tests.scale import reach

LOGIN = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><form><input type='password'></form></html>"


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("photo.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100), "a picture"),
        ("photo.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(100), "a picture"),
        ("list.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF document"),
        ("staff.csv", LOGIN, "a sign-in page"),
        ("staff.csv", b"\n\n <html><body>Not found</body></html>", "a web page"),
        ("staff.xml", b'<?xml version="1.0"?><staff/>', "an XML file"),
        ("staff.xlsx", b"PK\x03\x04" + bytes(26) + b"xl/workbook.xml", "a workbook or an archive"),
        ("staff.zip", b"PK\x03\x04" + bytes(26) + b"staff.csv", "a workbook or an archive"),
        ("staff.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "a workbook"),
        ("staff.json", json.dumps([{"id": 1}]).encode(), "JSON data"),
        ("staff.jsonl", b'{"id": 1}\n{"id": 2}\n', "JSON data"),
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b" \r\n\r\n  ", "is empty"),
        ("nulls.csv", bytes(5000), "is empty"),
        ("bom.csv", b"\xef\xbb\xbf", "is empty"),
        ("key.asc", b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n", "an encrypted or signed message"),
        ("prose.txt", b"Dear team,\nplease find the list below.\nBest, Ann\n", "no header row"),
        ("rows.csv", b"1,Ann,2020-01-01\n2,Bo,2020-01-02\n3,Cy,2020-01-03\n", "no header row"),
        ("one.csv", b"Employee ID\n1\n2\n", "no header row"),
    ],
)
def test_what_is_no_payroll_export(name: str, data: bytes, told: str) -> None:
    with refusing(NeedsAdmin, told) as refused:
        read(data, pay=False, name=name)
    said = refusals.of(refused.value)
    assert said.startswith(name)
    assert said.endswith(".")
    assert refused.value.code in ("feed_unreadable", "feed_empty")


def test_random_garbage_is_binary_data() -> None:
    with refusing(NeedsAdmin, "binary data"):
        read(random.Random(5).randbytes(200_000), pay=False)


def test_text_that_only_begins_like_a_picture_is_read() -> None:
    assert read(b"BMI,Employee ID,Name\n20,1,Ann Lee\n", pay=False).table.height == 1


@pytest.mark.parametrize(
    ("header", "piece", "times"),
    [(b"", b"x", 200 * 1024 * 1024), (b"Employee ID,Name\n", b"x,", 100 * 1024 * 1024 - 50)],
    ids=["one line", "a header and one line"],
)
def test_a_line_of_200_mb_is_refused_quickly_and_without_a_copy(
    header: bytes, piece: bytes, times: int
) -> None:
    data = header + piece * times
    tracemalloc.start()
    started = time.perf_counter()
    with refusing(NeedsAdmin, "more than 1 MB"):
        read(data, pay=False)
    taken, peak = time.perf_counter() - started, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < 5
    assert peak < 20 * 1024 * 1024


def test_more_than_200_mb_of_text_is_refused() -> None:
    with refusing(NeedsAdmin, "larger than 200 MB"):
        read(b"Employee ID,Name\n" + b"1,Ann Lee\n" * (21 * 1024 * 1024), pay=False)


def test_more_columns_than_any_export_has() -> None:
    header = ",".join(["Employee ID", "Name", *(f"Question {n}" for n in range(1100))])
    with refusing(NeedsAdmin, "more than 1,000 columns"):
        read(header.encode() + b"\n", pay=False)


@settings(max_examples=reach(100, 300), deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_feed_or_a_refusal(data: bytes) -> None:
    _feed_or_refusal(data)


@settings(max_examples=reach(100, 300), deadline=None)
@given(
    st.text(alphabet='ab1",;\t|\r\n \0é\ufeff', max_size=120), st.sampled_from(["utf-8", "utf-16", "cp1252"])
)
def test_any_rows_below_a_header_are_a_feed_or_a_refusal(text: str, encoding: str) -> None:
    data = ("Employee ID,First Name,Last Name\n" + text).encode(encoding, errors="replace")
    _feed_or_refusal(data)


def _feed_or_refusal(data: bytes) -> None:
    try:
        feed = read(data, pay=False)
    except NeedsAdmin:
        return
    assert feed.table.columns[0] == "row"
    assert len(set(feed.table.columns)) == len(feed.table.columns)
    numbers = feed.table["row"].to_list() + feed.broken_rows["row"].to_list()
    assert len(set(numbers)) == len(numbers)
