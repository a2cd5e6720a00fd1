"""How much a name, an email, a phone number or an ID resembles what was asked.

Names are compared word by word, in any order, fold_names: a whole word, the beginning of one, or a slip of the
pen. Every word asked has to be somewhere. Each distinct word of a feed is compared once, so that a hundred
thousand names take a fraction of a second.
"""

from __future__ import annotations

import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from schedulepop.lib.phone import EXTENSION
from schedulepop.lib.text import fold_code
from schedulepop.sync.plan.names import fold_names
from schedulepop.sync.whereis.query import Query

SURE, BEGINS, SLIP = 100.0, 92.0, 75.0
"""A whole word, the beginning of one, and how alike two words with a slip of the pen are at least."""
_SHORTEST_BEGINNING, _SHORTEST_SLIP = 2, 4
_LAST_DIGITS = 10  # numbers are compared by their last digits: with and without the country's code


def similarity(people: pl.DataFrame, query: Query) -> pl.Series:
    """Per row 0 (nobody we look for) to 100. Columns: name, email, phone, and any others hold IDs."""
    if people.is_empty():
        return pl.Series("similarity", [], dtype=pl.Float64)
    found = [_of_names(people["name"], query.words)]
    if query.email:
        found.append(_sure(people["email"].str.to_lowercase() == query.email))
    if query.digits:
        digits = people["phone"].str.replace(EXTENSION, "").str.replace_all(r"\D", "").str.tail(_LAST_DIGITS)
        found.append(_sure(digits.str.ends_with(query.digits[-_LAST_DIGITS:])))
    if query.number:
        for column in people.columns:
            if column not in ("name", "email", "phone"):
                found.append(_sure(_folded_codes(people[column]) == query.number))
    return pl.DataFrame({str(n): one for n, one in enumerate(found)}).max_horizontal().alias("similarity")


def _sure(hits: pl.Series) -> pl.Series:
    return pl.select(pl.when(hits.fill_null(False)).then(SURE).otherwise(0.0)).to_series()


def _folded_codes(values: pl.Series) -> pl.Series:
    plain = values.str.strip_chars().str.to_lowercase()
    foreign = values.str.contains(r"[^\x21-\x7e]").fill_null(False)
    if not foreign.any():
        return plain
    return pl.select(
        pl.when(foreign).then(values.map_elements(fold_code, return_dtype=pl.String)).otherwise(plain)
    ).to_series()


def _of_names(names: pl.Series, words: tuple[str, ...]) -> pl.Series:
    """The mean of the asked words' best likeness, 0 when one of them is nowhere in the name."""
    if not words:
        return pl.Series([0.0] * names.len(), dtype=pl.Float64)
    parts = pl.DataFrame({"row": range(names.len()), "word": fold_names(names.fill_null(""))})
    parts = parts.with_columns(pl.col("word").str.split(" ")).explode("word").drop_nulls()
    vocabulary = parts["word"].unique(maintain_order=True)
    alike = pl.DataFrame({"word": vocabulary}).with_columns(
        _of_word(vocabulary, word).alias(str(n)) for n, word in enumerate(words)
    )
    columns = [str(n) for n in range(len(words))]
    best = (
        parts.join(alike, on="word", how="left", maintain_order="left")
        .group_by("row", maintain_order=True)
        .agg(pl.col(columns).max())
    )
    scored = best.select(
        "row",
        pl.when(pl.min_horizontal(columns) > 0)
        .then(pl.mean_horizontal(columns))
        .otherwise(0.0)
        .alias("like"),
    )
    every = pl.DataFrame({"row": range(names.len())})
    return every.join(scored, on="row", how="left", maintain_order="left")["like"].fill_null(0.0)


def _of_word(vocabulary: pl.Series, word: str) -> pl.Series:
    """How much each word resembles this one; 0 below a slip of the pen."""
    begins = vocabulary.str.starts_with(word) if len(word) >= _SHORTEST_BEGINNING else vocabulary == word
    slips = pl.Series([0.0] * vocabulary.len(), dtype=pl.Float64)
    if len(word) >= _SHORTEST_SLIP:
        scores = [0.0] * vocabulary.len()
        for _, score, position in process.extract(
            word, vocabulary.to_list(), scorer=OSA.normalized_similarity, limit=None, score_cutoff=SLIP / 100
        ):
            scores[position] = score * 100
        slips = pl.Series(scores, dtype=pl.Float64)
    return pl.select(
        pl.when(vocabulary == word)
        .then(SURE)
        .when(begins)
        .then(BEGINS)
        .when(slips >= SLIP)
        .then(slips * 0.9)
        .otherwise(0.0)
    ).to_series()
