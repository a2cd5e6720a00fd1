"""Phone numbers as E.164 with their extension, whatever way people write them.

North American numbers of the usual shapes are settled by a pattern and the list of area codes that the
phonenumbers library knows; every other distinct value goes to the library itself.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import phonenumbers
import polars as pl

from schedulepop.lib.phone import stored

_USUAL = (
    r"^(?:\+?1[ .\-]*)?(?:\((?P<a>[2-9]\d{2})\)|(?P<b>[2-9]\d{2}))"
    r"[ .\-/]*(?P<c>[2-9]\d{2})[ .\-]*(?P<d>\d{4})(?:\.0)?$"
)
_PATTERN_COUNTRIES = frozenset({"US", "CA"})
_EXCHANGES = range(200, 1000)  # the three figures after the area code; no rule of the library looks further


def read_phones(raw: pl.Series, country: str) -> pl.DataFrame:
    """A column as numbers: "value" (`lib.phone`) and "unreadable", in the order of `raw`; null stays null.

    `country` is the ISO code for numbers written without a country code.
    """
    frame = pl.DataFrame({"raw": raw})
    value = pl.lit(None, pl.String)
    if country in _PATTERN_COUNTRIES:
        frame = frame.with_columns(pl.col("raw").str.extract_groups(_USUAL).alias("found")).unnest("found")
        frame = frame.with_columns(area=pl.coalesce("a", "b"))
        known = [area for area in frame["area"].unique().drop_nulls().sort().to_list() if _plain_area(area)]
        number = pl.concat_str(pl.lit("+1"), "area", "c", "d")
        value = pl.when(pl.col("area").is_in(known)).then(number)
    frame = frame.with_columns(value=value)
    doubtful = frame.filter(pl.col("value").is_null())["raw"].drop_nulls().unique().sort().to_list()
    if doubtful:
        answers = {text: _by_library(text, country) for text in doubtful}
        decided = pl.col("raw").replace_strict(
            list(answers), list(answers.values()), default=None, return_dtype=pl.String
        )
        frame = frame.with_columns(value=pl.coalesce("value", decided))
    return frame.select("value", unreadable=pl.col("raw").is_not_null() & pl.col("value").is_null())


@cache
def _plain_area(area: str) -> bool:
    """Whether every number of this area code is an ordinary, valid one of the United States or Canada."""
    region = phonenumbers.region_code_for_number(phonenumbers.parse(f"+1{area}2345678"))
    if region not in _PATTERN_COUNTRIES:
        return False
    metadata: Any = phonenumbers.PhoneMetadata.metadata_for_region(region)
    ordinary = metadata.fixed_line.national_number_pattern
    every = "\n".join(f"{area}{exchange}0000" for exchange in _EXCHANGES)
    return len(re.findall(f"(?m)^(?:{ordinary})$", every)) == len(_EXCHANGES)


def _by_library(text: str, country: str) -> str | None:
    bare = re.sub(r"(?<=\d)\.0$", "", text.strip().lstrip("'"))
    if re.search(r"\d[eE][+-]?\d", bare):
        return None
    try:
        number = phonenumbers.parse(bare, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return stored(number)
