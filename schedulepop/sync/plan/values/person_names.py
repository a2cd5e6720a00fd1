"""Names: trimmed and composed as they are, and one column of full names split into first and last.

Spelling, capitals and accents are the person's own and stay. Titles, credentials and nicknames are left out
(`name_marks`), of a full name a single-letter middle initial too; a suffix (Jr, III) stays with the last name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass

import polars as pl

from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.plan.values.name_marks import (
    MARKED,
    bare_half,
    is_mark,
    is_suffix,
    is_sure,
    without_nickname,
    without_titles,
)

NAMES = ("first_name", "last_name", "full_name")

_PARTICLES = (
    "de,da,di,do,dos,das,del,della,des,la,las,le,los,du,van,von,vom,der,den,ter,ten,te,zu,zum,zur,bin,bint,ibn,al,el,"
    "st,st.,san,mc,o','t,op,af,av"
)
_PARTICLE = frozenset(_PARTICLES.split(","))
_NO_NAME = r"(?i)^(?:[\W\d_]*|n/a|n\.a\.?|unknown|tb[acd]|vacant)$"
WORD = r"(?i)^(?:null|none|nil|nan|na|no|true|false|first|last|name|test)$"
"""Surnames, and words that systems and people leave where there is no name."""
_HAS_WORD = r"(?i)(?:^|[ ,])(?:null|none|nil|nan|na|no|true|false|first|last|name|test)(?:[ ,]|$)"
_LONGEST_WORD = 5
_PEOPLE = ("Na", "Nan", "No", "True")
"""So written, they are people's names, however many have them."""
_OFTEN, _SHARE = 3, 1 / 1000
"""From here on a word in a column of names is no name."""
_EASY = (
    r"^([^\s,.\"()]+(?:[ ][^\s,.\"()]{3,})?),[ ]?"
    r"([^\s,.\"()]{2,}(?:[ ][^\s,.\"()]{2,})?)(?:[ ][A-Za-z]\.?)?$"
)
_TWO_WORDS = r"^([^\s,.\"()]{2,})[ ](?:[A-Za-z]\.?[ ])?([^\s,.\"()]{2,})$"


def tidy(raw: pl.Series) -> pl.Series:
    """Composed (NFC), each run of white space one space, trimmed; blank is null."""
    frame, value = pl.DataFrame({"raw": raw}), pl.col("raw")
    wide, loose, blank = frame.select(
        wide=value.str.len_bytes().sum() != value.str.len_chars().sum(),
        loose=value.str.contains(r"\s\s|[^\S ]|^\s|\s$").any(),
        blank=(value == "").any(),
    ).row(0)
    if not (wide or loose or blank):
        return raw.alias("raw")
    if wide:
        value = value.str.normalize("NFC")
    if loose:
        value = value.str.replace_all(r"\s+", " ").str.strip_chars()
    return frame.select(pl.when(value != "").then(value).alias("raw"))["raw"]


@dataclass(frozen=True, slots=True)
class NameColumns:
    """What the whole feed says of its names: words that stand for none, and halves that most people have."""

    no_first: frozenset[str] = frozenset()
    no_last: frozenset[str] = frozenset()
    usual: bool = True  # most people have both halves: somebody with one is called so


def survey(table: pl.DataFrame, columns: Dictionary[str, str], mapping: Mapping) -> NameColumns:
    """Of the columns of names of a whole feed. A word that many have as a name is none (`WORD`)."""
    found = {name: table[columns[name]] for name in NAMES if columns.get(name) in table.columns}
    if not found or table.is_empty():
        return NameColumns()
    full = found.get("full_name")
    if full is not None and not {"first_name", "last_name"} <= found.keys():
        said = tidy(full).drop_nulls()
        said = said.filter(~said.str.contains(_NO_NAME))
        worded = read_full_names(said.filter(said.str.contains(_HAS_WORD)), mapping)
        no_first, no_last = (_fillers(worded[half], table.height) for half in ("first", "last"))
        alone = ~said.str.contains(r"\S[\s,]+\S")
        return NameColumns(no_first, no_last, int(alone.sum()) * 2 <= len(said))
    no_first, no_last = (
        _fillers(found[name], table.height) if name in found else frozenset() for name in NAMES[:2]
    )
    usual = all(
        name in found and _blanks(found[name], words) * 2 <= table.height
        for name, words in zip(NAMES[:2], (no_first, no_last), strict=True)
    )
    return NameColumns(no_first, no_last, usual)


def _fillers(names: pl.Series, height: int) -> frozenset[str]:
    """Words in lower case that come often."""
    short = names.filter((names.str.len_bytes() <= _LONGEST_WORD).fill_null(False))
    words = short.filter(short.str.contains(WORD) & ~short.is_in(_PEOPLE)).str.to_lowercase()
    counted = (
        words.rename("word")
        .value_counts(name="times")
        .filter((pl.col("times") >= _OFTEN) & (pl.col("times") > height * _SHARE))
    )
    return frozenset(counted["word"].to_list())


def _blanks(names: pl.Series, fillers: frozenset[str]) -> int:
    short = names.filter((names.str.len_bytes() <= _LONGEST_WORD).fill_null(False)).str.strip_chars()
    nothing = short.str.contains(_NO_NAME) | short.str.to_lowercase().is_in(sorted(fillers))
    return names.null_count() + int(nothing.sum())


def names_of(first: pl.Series, last: pl.Series, columns: NameColumns) -> tuple[pl.Series, pl.Series]:
    """First and last names without the words that are none: where they are many, or nothing else is a name."""
    halves = pl.DataFrame({"first": first, "last": last})
    is_word = {half: pl.col(half).str.contains(WORD).fill_null(True) for half in ("first", "last")}
    fillers = {"first": sorted(columns.no_first), "last": sorted(columns.no_last)}
    none = is_word["first"] & is_word["last"]
    kept = halves.select(
        pl.when(~none & ~pl.col(half).str.to_lowercase().is_in(fillers[half])).then(half).alias(half)
        for half in ("first", "last")
    )
    return kept["first"], kept["last"]


def read_names(raw: pl.Series) -> pl.Series:
    """A column of first or last names, without titles and credentials; null where there is no usable name."""
    value, names = pl.col("raw"), tidy(raw)
    marked = names.filter(names.str.contains(MARKED).fill_null(False)).unique(maintain_order=True)
    if len(marked):
        bare = {name: bare_half(name) for name in marked}
        names = names.replace(list(bare), list(bare.values()))
    usable = ~value.str.contains(_NO_NAME)
    return names.to_frame("raw").select(pl.when(usable).then(value))["raw"]


def read_full_names(raw: pl.Series, mapping: Mapping) -> pl.DataFrame:
    """A column of full names as "first" and "last"; a name of one word is the last name, both null are unusable."""
    words = tidy(raw).unique(maintain_order=True).drop_nulls()
    value = pl.col("raw")
    plain = ~value.str.contains(MARKED)
    last, first = value.str.extract(_EASY, 1), value.str.extract(_EASY, 2)
    if mapping.name_order != "last_first":
        last = pl.coalesce(last, value.str.extract(_TWO_WORDS, 2))
        first = pl.coalesce(first, value.str.extract(_TWO_WORDS, 1))
    known = pl.DataFrame({"raw": words}).with_columns(first=first, last=last)
    easy = pl.col("last").is_not_null() & plain
    hard = known.filter(~easy)["raw"].to_list()
    split = [split_name(name, mapping.name_order) for name in hard]
    parts = pl.concat(
        [
            known.filter(easy).select("raw", "first", "last"),
            pl.DataFrame(
                {"raw": hard, "first": [f for f, _ in split], "last": [n for _, n in split]},
                schema={"raw": pl.String, "first": pl.String, "last": pl.String},
            ),
        ]
    )
    found = pl.DataFrame({"raw": tidy(raw)}).join(parts, on="raw", how="left", maintain_order="left")
    usable = [
        pl.when(~pl.col(half).str.contains(_NO_NAME)).then(half).alias(half) for half in ("first", "last")
    ]
    return found.select(usable)


def split_name(name: str, order: str | None = None) -> tuple[str | None, str | None]:
    """First and last name of "Last, First M", "First Last" or, by `order`, "Last First".

    A comma decides unless only a suffix or credentials follow it ("Jane Doe, RN"). One word is the last name, unless
    a comma before it says otherwise.
    """
    bare = without_nickname(name)
    parts = [part.strip() for part in bare.split(",") if part.strip()]
    parts, suffix = _without_marks(parts, bare)
    if len(parts) > 1:
        last, first = parts[0].split(), [word for part in parts[1:] for word in part.split()]
        last = without_titles(last)
        while len(last) > 1 and is_sure(last[-1], bare):
            last.pop()
    else:
        last, first = _by_order(without_titles(parts[0].split() if parts else []), order, suffix, bare)
    first = without_titles(first)
    while len(first) > 1 and is_sure(first[-1], bare):
        first.pop()
    while len(first) > 1 and is_suffix(first[-1]):
        suffix.insert(0, first.pop())
    while len(first) > 1 and re.fullmatch(r"[^\W\d_]\.?", first[-1]):
        first.pop()
    if not first and last and name.lstrip().startswith(","):
        first, last = last, []
    if not first and all(is_suffix(word) for word in last):
        return None, None
    return " ".join(first) or None, " ".join([*last, *suffix]) or None


def _without_marks(parts: list[str], name: str) -> tuple[list[str], list[str]]:
    """The parts between commas without those of only suffixes, credentials and titles, and the suffixes.

    A lone part after a one-word name is the first name, whatever it looks like ("Do, Md"), but for capitals ("Wibowo,
    RN").
    """
    marks = [part for part in parts[1:] if all(is_mark(word) for word in part.split())]
    if parts and len(parts[0].split()) < 2 and len(marks) == len(parts) - 1:
        marks = marks if marks and not name.isupper() and is_sure(marks[0], name) else marks[1:]
    suffix = [word for part in marks for word in part.split() if is_suffix(word)]
    return [part for index, part in enumerate(parts) if not index or part not in marks], suffix


def _by_order(
    words: list[str], order: str | None, suffix: list[str], name: str
) -> tuple[list[str], list[str]]:
    """Last and first name of a name without a comma; particles (de la, van) belong to the last name."""
    least = 2 if name.isupper() else 1
    while len(words) > least and is_sure(words[-1], name):
        words = words[:-1]
    while len(words) > 2 and is_suffix(words[-1]):
        suffix.insert(0, words[-1])
        words = words[:-1]
    if len(words) < 2:
        return words, []
    if order == "last_first":
        end = next((i for i, word in enumerate(words) if word.lower() not in _PARTICLE), 0) + 1
        return words[:end], words[end:]
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLE:
        start -= 1
    return words[start:], words[:start]
