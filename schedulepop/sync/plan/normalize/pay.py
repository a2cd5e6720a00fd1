"""The reader of pay: a rate with its unit and currency, or a finding that says what it lacks and where to set it.

A rate is kept whole or not at all. Its unit is the value's own (`18.50/hr`), else that of the column of units, else,
without such a column, the mapping's or the one the header tells. Its currency is that of the column of currencies, else
the mapping's; a value with the sign of another one is not stored.
"""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.findings import about_rows
from schedulepop.sync.plan.normalize.readers import Reading, Source, shown_where
from schedulepop.sync.plan.values.money import (
    DOLLAR,
    agrees,
    read_currencies,
    read_money,
    read_units,
    unit_of_header,
)


def read_pay(source: Source, records: pl.DataFrame, reads: bool) -> Reading:
    """Pay rate with unit and currency; not looked at when the integration's switch is off."""
    raw = source.raw("pay_rate") if reads else None
    if raw is None:
        kinds = {"pay_rate": pl.Int64, "pay_unit": pl.String, "pay_currency": pl.String}
        nothing = {name: pl.Series([None] * records.height, dtype=kind) for name, kind in kinds.items()}
        return Reading(pl.DataFrame(nothing))
    column = source.columns["pay_rate"]
    found = read_money(raw)
    rows = shown_where(records, raw, found["unreadable"])
    problems = [about_rows(rows, "pay_unreadable", column=column, value="shown", masked=True)]
    found = found.with_columns(row=records["row"]).rename({"unit": "own", "currency": "sign"})
    found, odd = _with_unit(found, source, records)
    problems += odd
    found, odd = _with_currency(found, source, records)
    problems += odd
    whole = pl.all_horizontal(pl.col("value", "unit", "currency").is_not_null())
    return Reading(
        found.select(
            pl.when(whole).then("value").alias("pay_rate"),
            pl.when(whole).then("unit").alias("pay_unit"),
            pl.when(whole).then("currency").alias("pay_currency"),
        ),
        problems,
    )


def _with_unit(
    found: pl.DataFrame, source: Source, records: pl.DataFrame
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Add "unit"; null with a finding where nothing tells it."""
    column, written = source.columns["pay_rate"], source.raw("pay_unit")
    paid = found["value"].is_not_null()
    if written is None:
        told = pl.lit(source.mapping.pay_unit or unit_of_header(column), pl.String)
        found = found.with_columns(pl.coalesce("own", told).alias("unit"))
        lacking = records.filter(paid & found["unit"].is_null()).with_columns(key=pl.lit(column))
        return found, [about_rows(lacking, "pay_unit_missing", column=column, key="key")]
    of_units, said = source.columns["pay_unit"], read_units(written)
    unread = written.is_not_null() & said.is_null()
    own = found["own"]
    differ = (own != said).fill_null(False) & paid
    blank = paid & written.is_null() & own.is_null()
    unit = pl.select(pl.when(~(unread | differ)).then(pl.coalesce(own, said))).to_series()
    problems = [
        about_rows(
            shown_where(records, written, unread),
            "pay_unreadable",
            reason="pay_unit_unreadable",
            column=of_units,
            value="shown",
        ),
        about_rows(
            shown_where(records, written, differ),
            "pay_unreadable",
            reason="pay_unit_contradicts",
            column=of_units,
            value="shown",
        ),
        about_rows(records.filter(blank), "pay_unit_missing", reason="pay_unit_blank", column=of_units),
    ]
    return found.with_columns(unit.alias("unit")), problems


def _with_currency(
    found: pl.DataFrame, source: Source, records: pl.DataFrame
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Add "currency"; null with a finding where it is not known, or not the one of the value's sign."""
    written, usual = source.raw("pay_currency"), source.mapping.pay_currency
    problems = []
    found = found.with_columns(currency=pl.lit(usual))
    if written is not None:
        said = read_currencies(written)
        unread = written.is_not_null() & said.is_null()
        dollars = pl.DataFrame({"said": said}).select(
            (pl.col("said") == DOLLAR) & agrees(pl.col("said"), pl.lit(usual))
        )
        stated = (
            pl.when(unread)
            .then(None)
            .when(written.is_null() | dollars.to_series().fill_null(False))
            .then(pl.lit(usual))
            .otherwise(said)
        )
        found = found.with_columns(stated.replace(DOLLAR, "USD").alias("currency"))
        problems.append(
            about_rows(
                shown_where(records, written, unread),
                "pay_currency_differs",
                reason="pay_currency_unreadable",
                column=source.columns["pay_currency"],
                value="shown",
            )
        )
    differ = found.select(
        (
            pl.col("value").is_not_null()
            & pl.col("currency").is_not_null()
            & ~agrees(pl.col("sign"), pl.col("currency"))
        ).fill_null(False)
    ).to_series()
    foreign = records.with_columns(found["sign"], found["currency"]).filter(differ)
    problems.append(
        about_rows(
            foreign,
            "pay_currency_differs",
            column=source.columns["pay_rate"],
            params=pl.struct("sign", "currency"),
        )
    )
    return found.with_columns(pl.when(~differ).then("currency").alias("currency")), problems
