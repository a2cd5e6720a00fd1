"""Sort names and username stems of a whole feed, by the same rules as for one person.

The rules are `lib.text.sort_key` and `directory.names.stem`; plain ASCII names take a columnar path with the
same answer, every other spelling is worked out once.
"""

from __future__ import annotations

import polars as pl

from schedulepop.directory import names
from schedulepop.lib.text import sort_key

SORT_NAME_LENGTH = 250  # of the column
_STEM_LENGTH = len(names.stem("x" * 200, ""))
_FOREIGN = r"[^\x00-\x7f]"


def sort_names(first: pl.Series, last: pl.Series) -> pl.Series:
    """`sort_key` of every person, as far as the column is wide."""
    folded = (
        pl.col("first", "last")
        .str.to_lowercase()
        .str.replace_all("'", "", literal=True)
        .str.replace_all("[^0-9a-z#]+", " ")
        .str.strip_chars(" ")
    )
    people = _people(first, last).with_columns(folded.name.prefix("plain_"))
    keys = people.select(pl.concat_str("plain_last", pl.lit("\x1f"), "plain_first")).to_series()
    foreign = {pair: sort_key(*pair) for pair in _foreign(people)}
    return _where_foreign(people, foreign, keys).str.slice(0, SORT_NAME_LENGTH)


def stems(first: pl.Series, last: pl.Series) -> pl.Series:
    """`stem` of every person."""
    bare = pl.col("first", "last").str.to_lowercase().str.replace_all("[^a-z0-9]", "").replace("", None)
    people = _people(first, last).with_columns(bare.name.prefix("plain_"))
    joined = people.select(
        pl.concat_str("plain_first", "plain_last", separator=".", ignore_nulls=True)
        .str.slice(0, _STEM_LENGTH)
        .str.strip_chars(".")
        .replace("", "user")
    ).to_series()
    foreign = {pair: names.stem(*pair) for pair in _foreign(people)}
    return _where_foreign(people, foreign, joined)


def _people(first: pl.Series, last: pl.Series) -> pl.DataFrame:
    people = pl.DataFrame({"first": first.fill_null(""), "last": last.fill_null("")})
    return people.with_columns(
        pl.any_horizontal(pl.col("first", "last").str.contains(_FOREIGN)).alias("foreign")
    )


def _foreign(people: pl.DataFrame) -> list[tuple[str, str]]:
    return people.filter("foreign").select("first", "last").unique(maintain_order=True).rows()


def _where_foreign(people: pl.DataFrame, found: dict[tuple[str, str], str], plain: pl.Series) -> pl.Series:
    if not found:
        return plain
    table = pl.DataFrame(
        [(*pair, value) for pair, value in found.items()], schema=["first", "last", "value"], orient="row"
    )
    joined = people.with_columns(plain.alias("plain")).join(
        table, on=["first", "last"], how="left", maintain_order="left"
    )
    return joined.select(pl.coalesce("value", "plain")).to_series()
