"""Names folded in bulk, so that a hundred thousand of them compare in milliseconds.

The rule is `lib.text.fold`; plain ASCII names take a columnar path with the same answer, the others are
folded one by one, each spelling once.
"""

from __future__ import annotations

import polars as pl

from schedulepop.lib.text import fold

NAMED = 5


def fold_names(values: pl.Series) -> pl.Series:
    """`lib.text.fold` of every value; null stays null, a value without letters becomes null."""
    plain = values.str.to_lowercase().str.replace_all("'", "", literal=True)
    plain = plain.str.replace_all("[^0-9a-z#]+", " ").str.strip_chars(" ")
    foreign = values.str.contains(r"[^\x00-\x7f]").fill_null(False)
    if foreign.any():
        spellings = values.filter(foreign).unique(maintain_order=True)
        known = {spelling: fold(spelling) for spelling in spellings}
        plain = pl.select(
            pl.when(foreign)
            .then(values.replace_strict(known, default=None, return_dtype=pl.String))
            .otherwise(plain)
        ).to_series()
    return pl.select(pl.when(plain != "").then(plain)).to_series().rename(values.name)


def with_folded_names(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `first_fold` and `last_fold`."""
    return frame.with_columns(
        fold_names(frame["first_name"]).alias("first_fold"), fold_names(frame["last_name"]).alias("last_fold")
    )


def one_named(first: str = "first_fold", last: str = "last_fold") -> pl.Expr:
    """Somebody with one name: the other half is blank."""
    return pl.col(first).is_null() != pl.col(last).is_null()


def halves(frame: pl.DataFrame, *kept: str) -> pl.DataFrame:
    """`kept`, `half`, `alone`: one row per folded half of a name, and whether it is all of it."""
    return pl.concat(
        frame.select(*kept, pl.col(name).alias("half"), one_named().alias("alone"))
        for name in ("first_fold", "last_fold")
    ).drop_nulls("half")


def full_names(frame: pl.DataFrame) -> pl.Series:
    """Full names as a person writes them; null when neither part is known."""
    return frame.select(
        pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True)
        .replace("", None)
        .alias("name")
    ).to_series()


def name_params(names: list[str]) -> dict[str, object]:
    """The first few of some names, and how many more there are: parameters of a reason."""
    return {"some": names[:NAMED], "more": max(0, len(names) - NAMED)}
