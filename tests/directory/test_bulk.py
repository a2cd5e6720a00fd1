"""Bulk writing: the rules of one, for many."""

from __future__ import annotations

import polars as pl
import pytest
from django.db import connection, transaction
from hypothesis import example, given
from hypothesis import strategies as st

from schedulepop.directory import bulk, bulk_names, names
from schedulepop.lib.text import sort_key

NAME = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=12) | st.text(
    "aZ09 '-_.#\t\x1fé", max_size=12
)


@given(st.lists(st.tuples(NAME, NAME), max_size=6))
@example([("Zoë", "O’Brien-Łoś"), ("O'Neil", "mc Donald"), ("", ""), ("#1", "_x_"), ("A\x1cB", "ß")])
def test_many_names_fold_as_one_does(people: list[tuple[str, str]]) -> None:
    first = pl.Series("f", [person[0] for person in people], dtype=pl.String)
    last = pl.Series("l", [person[1] for person in people], dtype=pl.String)
    assert bulk_names.sort_names(first, last).to_list() == [sort_key(*person) for person in people]
    assert bulk_names.stems(first, last).to_list() == [names.stem(*person) for person in people]


@pytest.mark.django_db
def test_null_and_empty_text_survive_the_copy() -> None:
    rows = pl.DataFrame({"a": ["", None, 'x"y,\nz', "\\N", "\\."], "b": [1, None, 3, 4, 5]})
    with transaction.atomic(), connection.cursor() as wrapped:
        wrapped.execute("CREATE TEMP TABLE copied (a text, b int) ON COMMIT DROP")
        bulk.copy_in(wrapped.cursor, "copied", rows)
        wrapped.execute("SELECT a, b FROM copied")
        assert wrapped.fetchall() == rows.rows()


@pytest.mark.django_db
def test_reserved_ids_come_in_order_and_are_used_up() -> None:
    with connection.cursor() as wrapped:
        first = bulk.reserve(wrapped.cursor, "accounts_user", 3)
        then = bulk.reserve(wrapped.cursor, "accounts_user", 2)
    assert first == sorted(set(first))
    assert max(first) < min(then)
