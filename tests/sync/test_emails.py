"""Email addresses: usable, placeholders, unreadable; the fast pattern never disagrees with the library."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedulepop.sync.values import emails
from schedulepop.sync.values.emails import read_emails


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("ann@example.org", "ann@example.org"),
        ("Ann.Lee@Example.ORG", "Ann.Lee@example.org"),
        ("ann+shift@mail.example.com", "ann+shift@mail.example.com"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("mailto:ann@example.org", "ann@example.org"),
        ("ann@bücher.example", "ann@bücher.example"),
        ("notann@example.org", "notann@example.org"),
        ("nora@example.org", "nora@example.org"),
        ("noone.smith@example.org", "noone.smith@example.org"),
        ("testa@example.org", "testa@example.org"),
    ],
)
def test_usable(written: str, value: str) -> None:
    assert read_emails(pl.Series([written])).row(0) == (value, False, False)


@pytest.mark.parametrize(
    "written",
    [
        "none@example.org", "noemail@example.org", "no-email@example.org", "no.email@example.org", "n/a", "N/A",
        "None", "na@na.com", "test@example.com", "test1@example.com", "unknown@example.org", "none@none.com",
        "xxx@example.org", "ann@noemail.com", "noreply@example.org", "do-not-reply@example.org", "declined", "-", "x",
        "no email", "ann@none.org", "NOEMAIL@EXAMPLE.ORG",
    ],
)  # fmt: skip
def test_placeholders(written: str) -> None:
    assert read_emails(pl.Series([written])).row(0) == (None, True, False)


@pytest.mark.parametrize(
    "written",
    ["ann", "ann@", "@example.org", "ann@example", "ann lee@example.org", "ann..lee@example.org", ".ann@example.org",
     "ann@-example.org", "ann@example.org; bo@example.org", "ann@localhost", "ann@printer.local", "ann@@example.org"],
)  # fmt: skip
def test_unreadable(written: str) -> None:
    assert read_emails(pl.Series([written])).row(0) == (None, False, True)


def test_null_is_neither() -> None:
    assert read_emails(pl.Series([None], dtype=pl.String)).row(0) == (None, False, False)


@settings(max_examples=400, deadline=None)
@given(
    st.text(alphabet="abXY019._+-'%&!", min_size=1, max_size=70),
    st.lists(st.text(alphabet="abZ09-", min_size=1, max_size=8), min_size=1, max_size=4),
)
def test_the_fast_pattern_agrees_with_the_library(local: str, labels: list[str]) -> None:
    address = f"{local}@{'.'.join(labels)}"
    found = read_emails(pl.Series([address]))
    if not found["placeholder"][0]:
        assert found["value"][0] == emails._by_library(address)
