"""How much a name, an email, a phone number or an ID resembles what was asked.

Names are compared word by word, in any order, fold_names: a whole word, the beginning of one, or a slip of the
pen. Every word asked has to be somewhere. Each distinct word of a feed is compared once, so that a hundred
thousand names take a fraction of a second.
"""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class NameWords:
    """Names taken apart once, to be searched for any words."""

    height: int
    parts: pl.DataFrame  # row, word: the folded words of each name
    vocabulary: pl.Series  # each word once

    @classmethod
    def of(cls, folded: pl.Series) -> NameWords:
        """Of folded names; null is a name without words."""
        rows = pl.DataFrame({"row": pl.Series(range(folded.len()), dtype=pl.UInt32), "word": folded})
        parts = rows.with_columns(pl.col("word").str.split(" ")).explode("word")
        parts = parts.filter(pl.col("word").is_not_null() & (pl.col("word") != ""))
        return cls(folded.len(), parts, parts["word"].unique())

    def alike(self, words: tuple[str, ...]) -> pl.Series:
        """The mean of the asked words' best likeness, 0 when one of them is nowhere in the name."""
        nobody = pl.Series("like", [0.0], dtype=pl.Float64).new_from_index(0, self.height)
        if not words:
            return nobody
        alike = pl.DataFrame({"word": self.vocabulary}).with_columns(
            _of_word(self.vocabulary, word).alias(str(n)) for n, word in enumerate(words)
        )
        columns = [str(n) for n in range(len(words))]
        alike = alike.filter(pl.max_horizontal(columns) > 0)
        best = self.parts.join(alike, on="word", how="inner").group_by("row").agg(pl.col(columns).max())
        best = best.filter(pl.min_horizontal(columns) > 0)
        scored = best.select("row", pl.mean_horizontal(columns).alias("like")).sort("row")
        return nobody.scatter(scored["row"], scored["like"])


def similarity(
    people: pl.DataFrame, query: Query, *, loosely: bool = False, names: NameWords | None = None
) -> pl.Series:
    """Per row 0 (nobody we look for) to 100. Columns: name, email, phone, and any others hold IDs.

    `loosely`: only by numbers and IDs that are written otherwise (`lib.numbers`). `names`: those of these people,
    where they were taken apart before.
    """
    if people.is_empty():
        return pl.Series("similarity", [], dtype=pl.Float64)
    ids = [people[column] for column in people.columns if column not in ("name", "email", "phone")]
    if loosely:
        fits = [_sure(column.str.to_lowercase().str.contains(query.loose)) for column in ids]
        return _best([pl.Series([0.0] * people.height, dtype=pl.Float64), *fits])
    known = names or NameWords.of(fold_names(people["name"].fill_null("")))
    found = [known.alike(query.words)]
    if query.email:
        found.append(_sure(people["email"].str.to_lowercase() == query.email))
    if query.digits:
        found.append(_sure(same_phone(people["phone"], query.digits)))
    if query.number:
        found += [_sure(_folded_codes(column) == query.number) for column in ids]
    return _best(found)


def same_phone(phones: pl.Series, digits: str) -> pl.Series:
    """Whether each ends with these digits, with or without the country's code; null stays null."""
    plain = phones.str.replace(EXTENSION, "").str.replace_all(r"\D", "").str.tail(_LAST_DIGITS)
    return plain.str.ends_with(digits[-_LAST_DIGITS:])


def _best(found: list[pl.Series]) -> pl.Series:
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
