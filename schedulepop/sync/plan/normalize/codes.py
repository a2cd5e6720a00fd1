"""Payroll codes become locations, duties and zones; codes nobody has set up are named once each.

A code is looked up where the record's location is, without regard to case and white space (leading zeros
count). What the mapping names, or is allowed to create, is left for apply to create by name. A word for nothing
(`N/A`, `0`) is a code only where it is set up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Dictionary
from typing import Literal

import polars as pl

from schedulepop.lib import text
from schedulepop.lib.nothing import NOT_ONE, NOTHING
from schedulepop.sync.plan.policy import Mapping

CODES: dict[str, pl.DataType | type[pl.DataType]] = {
    "kind": pl.String,
    "location_id": pl.Int64,
    "code": pl.String,
    "count": pl.UInt32,
    "known": pl.Boolean,
}


def locate(raw: pl.Series | None, mapping: Mapping, known: pl.DataFrame, height: int) -> pl.DataFrame:
    """Each record's "location_code" (folded, null without a column) and "location_id" (null: unmapped).

    `known` is the snapshot's location_codes (folded); `raw` is None when the feed has no location column.
    """
    ids = dict(known.select("code", "location_id").iter_rows())
    if raw is None:
        default = ids.get(text.fold_code(mapping.default_location)) if mapping.default_location else None
        return pl.DataFrame(
            {"location_code": [None] * height, "location_id": [default] * height},
            schema={"location_code": pl.String, "location_id": pl.Int64},
        )
    words = raw.unique().drop_nulls().to_list()
    folded = {word: text.fold_code(word) for word in words}
    folded = {
        word: "" if _blank(code, NOTHING) and code not in ids else code for word, code in folded.items()
    }
    code = raw.replace_strict(
        list(folded), list(folded.values()), default=None, return_dtype=pl.String
    ).fill_null("")
    place = code.replace_strict(list(ids), list(ids.values()), default=None, return_dtype=pl.Int64)
    return pl.DataFrame({"location_code": code, "location_id": place})


def resolve(
    kind: Literal["duty", "zone"], raw: pl.Series, location: pl.Series, mapping: Mapping, known: pl.DataFrame
) -> pl.DataFrame:
    """Each record's "<kind>_code", "<kind>_id", "<kind>_new" and "<kind>_unmapped".

    `known` is the snapshot's duty_codes or zone_codes (folded). Without a location nothing is resolved: the location
    has to be mapped first.
    """
    names: Dictionary[str, str] = mapping.duties if kind == "duty" else mapping.zones
    named = {text.fold_code(code): text.clean(name) for code, name in names.items()}
    here = known.filter(pl.col("location_id").is_in(location.unique().implode()))
    ids = {
        (place, code): found for place, code, found in here.select("location_id", "code", "id").iter_rows()
    }
    pairs = pl.DataFrame({"raw": raw, "location_id": location})
    distinct = pairs.unique().filter(pl.col("raw").is_not_null())
    words = distinct["raw"].unique().to_list()
    cleaned = {word: text.clean(word) for word in words}
    folded = {word: text.fold_code(code) for word, code in cleaned.items()}
    rows: list[tuple[str, int | None, str | None, int | None, str | None, bool]] = []
    for word, place in distinct.iter_rows():
        code = cleaned[word]
        found = ids.get((place, folded[word])) if place is not None else None
        nurse_aide = kind == "duty" and folded[word] == "na"
        if found is None and not nurse_aide and folded[word] not in named and _blank(folded[word], NOT_ONE):
            code = ""
        new = None
        if place is not None and found is None and code:
            new = named.get(folded[word]) or (code if kind in mapping.create_codes else None)
        unmapped = bool(place is not None and code and found is None and new is None)
        rows.append((word, place, code or None, found, new, unmapped))
    columns = {
        f"{kind}_code": pl.String,
        f"{kind}_id": pl.Int64,
        f"{kind}_new": pl.String,
        f"{kind}_unmapped": pl.Boolean,
    }
    answers = pl.DataFrame(rows, schema={"raw": pl.String, "location_id": pl.Int64, **columns}, orient="row")
    joined = pairs.join(
        answers, on=["raw", "location_id"], how="left", nulls_equal=True, maintain_order="left"
    )
    return joined.select(
        f"{kind}_code", f"{kind}_id", f"{kind}_new", pl.col(f"{kind}_unmapped").fill_null(False)
    )


def _blank(code: str, pattern: str) -> bool:
    return re.match(pattern, code) is not None


def found_codes(records: pl.DataFrame, location_words: pl.Series | None) -> pl.DataFrame:
    """Every code of these records with its count, per location: what the mapping page offers.

    Status words are listed per location too, since two facilities may mean different things by one.
    """
    parts = [
        _counted(
            records, "duty", "duty_code", pl.col("duty_id").is_not_null() | pl.col("duty_new").is_not_null()
        ),
        _counted(
            records, "zone", "zone_code", pl.col("zone_id").is_not_null() | pl.col("zone_new").is_not_null()
        ),
        _counted(
            records, "status", "status_raw", pl.col("status_doubt").ne_missing(pl.lit("unmapped_status"))
        ),
    ]
    if location_words is not None:
        spoken = records.with_columns(location_words.alias("location_word"))
        parts.append(_counted(spoken, "location", "location_word", pl.col("location_id").is_not_null()))
    return pl.concat(parts).sort("kind", "location_id", "code", nulls_last=False)


def _counted(records: pl.DataFrame, kind: str, column: str, known: pl.Expr) -> pl.DataFrame:
    counted = (
        records.filter(pl.col(column).is_not_null())
        .with_columns(known.alias("known"))
        .group_by("location_id", column, "known")
        .agg(pl.len().alias("count"))
    )
    return counted.select(
        pl.lit(kind).alias("kind"),
        "location_id",
        pl.col(column).alias("code"),
        pl.col("count").cast(pl.UInt32),
        "known",
    )
