"""Names: trimmed and composed as they are, and one column of full names split into first and last.

Spelling, capitals and accents are the person's own and stay. Of a full name, a single-letter middle initial
and credentials (RN, LPN) are left out, and a suffix (Jr, III) stays with the last name.
"""

from __future__ import annotations

import re

import polars as pl

from schedulepop.lib import text
from schedulepop.sync.plan.policy import Mapping

_SUFFIX = re.compile(r"(?i)(?:jr|sr|ii|iii|iv|2nd|3rd|esq)\.?")
_CREDENTIAL = re.compile(
    r"(?i)(?:rn|lpn|lvn|cna|c\.n\.a|gna|stna|cma|cmt|qma|hha|np|fnp|aprn|crnp|dnp|bsn|msn|md|do|dpt|pt|pta|ot|otr|"
    r"cota|slp|msw|lsw|lcsw|rd|ldn|lnha|nha|don|phd|pharmd|mba)\.?"
)
_PARTICLE = frozenset(
    [
        "de",
        "da",
        "di",
        "do",
        "dos",
        "das",
        "del",
        "della",
        "la",
        "le",
        "du",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "ten",
        "bin",
        "ibn",
        "al",
        "el",
        "st",
        "st.",
        "san",
        "mc",
    ]
)
_NO_NAME = r"(?i)^(?:[\W\d_]*|n/?a|none|null|unknown|tbd|tba|vacant|first|last|name)$"
_EASY = (
    r"^([^\s,.\"()]+(?:[ ][^\s,.\"()]{3,})?),[ ]?"
    r"([^\s,.\"()]{2,}(?:[ ][^\s,.\"()]{2,})?)(?:[ ][A-Za-z]\.?)?$"
)
_TWO_WORDS = r"^([^\s,.\"()]{2,})[ ](?:[A-Za-z]\.?[ ])?([^\s,.\"()]{2,})$"
_MARKED = rf"(?i)[ ,]{_SUFFIX.pattern[4:]}(?:[ ,]|$)|[ ,]{_CREDENTIAL.pattern[4:]}(?:[ ,]|$)"
"""Names with a suffix or credentials are split word by word, the rest by pattern."""


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


def read_names(raw: pl.Series) -> pl.Series:
    """A column of first or last names; null where there is no usable name."""
    value = pl.col("raw")
    usable = ~value.str.contains(_NO_NAME)
    return pl.DataFrame({"raw": tidy(raw)}).select(pl.when(usable).then(value))["raw"]


def read_full_names(raw: pl.Series, mapping: Mapping) -> pl.DataFrame:
    """A column of full names as "first" and "last"; both null for one-word and unusable names.

    One word could be either part, and half a guess would overwrite a good name.
    """
    words = tidy(raw).unique(maintain_order=True).drop_nulls()
    value = pl.col("raw")
    plain = ~value.str.contains(_MARKED)
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
    return found.select(first=read_names(found["first"]), last=read_names(found["last"]))


def split_name(name: str, order: str | None = None) -> tuple[str | None, str | None]:
    """First and last name of "Last, First M", "First Last" or, by `order`, "Last First".

    A comma decides unless only a suffix or credentials follow it ("Jane Doe, RN").
    """
    bare = text.clean(re.sub(r"\([^)]*\)|\"[^\"]*\"", " ", name)).strip(" ,")
    parts = [part.strip() for part in bare.split(",") if part.strip()]
    parts, suffix = _without_marks(parts)
    if len(parts) > 1:
        last, first = parts[0].split(), [word for part in parts[1:] for word in part.split()]
    else:
        last, first = _by_order(parts[0].split() if parts else [], order, suffix)
    while len(first) > 1 and _CREDENTIAL.fullmatch(first[-1]) and first[-1].isupper():
        first.pop()
    while len(first) > 1 and _SUFFIX.fullmatch(first[-1]):
        suffix.insert(0, first.pop())
    while len(first) > 1 and re.fullmatch(r"[^\W\d_]\.?", first[-1]):
        first.pop()
    whole_last = " ".join([*last, *suffix])
    if not first or not last:
        return None, None
    return " ".join(first), whole_last


def _without_marks(parts: list[str]) -> tuple[list[str], list[str]]:
    """The parts between commas without those of only suffixes and credentials, and the suffixes.

    A lone part after a one-word name is the first name, whatever it looks like ("Do, Md").
    """
    marks = [part for part in parts[1:] if all(_is_mark(word) for word in part.split())]
    if parts and len(parts[0].split()) < 2:
        marks = marks if len(marks) < len(parts) - 1 else marks[1:]
    suffix = [word for part in marks for word in part.split() if _SUFFIX.fullmatch(word)]
    return [part for index, part in enumerate(parts) if not index or part not in marks], suffix


def _is_mark(word: str) -> bool:
    return bool(_SUFFIX.fullmatch(word) or _CREDENTIAL.fullmatch(word))


def _by_order(words: list[str], order: str | None, suffix: list[str]) -> tuple[list[str], list[str]]:
    """Last and first name of a name without a comma; particles (de la, van) belong to the last name."""
    words = list(words)
    while len(words) > 2 and _CREDENTIAL.fullmatch(words[-1]) and words[-1].isupper():
        words.pop()
    while len(words) > 2 and _SUFFIX.fullmatch(words[-1]):
        suffix.insert(0, words.pop())
    if len(words) < 2:
        return words, []
    if order == "last_first":
        end = next((i for i, word in enumerate(words) if word.lower() not in _PARTICLE), 0) + 1
        return words[:end], words[end:]
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLE:
        start -= 1
    return words[start:], words[:start]
