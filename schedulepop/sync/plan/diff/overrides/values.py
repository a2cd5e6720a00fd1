"""How an override writes a value as text, and reads it again; and the overrides that payroll's word met."""

from __future__ import annotations

import polars as pl

from schedulepop.employee import Status
from schedulepop.sync.plan.frames.changes import OVERRIDE_OUTCOME, TARGET

_WHO = ("row", "source_id", "user_id", "location_id", "first_name", "last_name")


def as_text(field: str, column: str) -> pl.Expr:
    """A typed value as an override writes it: days as ISO, amounts and ids as whole numbers, nothing as an empty
    text.
    """
    text = pl.col(column).cast(pl.String).fill_null("")
    return status_word(text) if field == "status" else text


def status_word(status: pl.Expr) -> pl.Expr:
    """Upcoming and active are one word of payroll's; only the day tells them apart."""
    return pl.when(status == Status.UPCOMING).then(pl.lit(Status.ACTIVE.value)).otherwise(status)


def from_text(field: str, column: str) -> pl.Expr:
    """The typed value again."""
    text, kind = pl.col(column), TARGET[target_column(field)]
    stated = pl.when(text != "").then(text)
    return stated.str.to_date("%Y-%m-%d") if kind == pl.Date else stated.cast(kind)


def target_column(field: str) -> str:
    """The column of TARGET that holds the field."""
    return f"{field}_id" if field in ("duty", "zone") else field


def met_pins(compared: pl.DataFrame, pins: pl.DataFrame) -> pl.DataFrame:
    """The records whose person has one of these pins at that location, with the pin."""
    who = compared.select(*_WHO, "membership_id")
    return who.join(pins, on=["user_id", "location_id"], how="inner", maintain_order="left")


def outcomes(met: pl.DataFrame) -> pl.DataFrame:
    """OVERRIDE_OUTCOME of what payroll's word met: those with an `outcome`."""
    decided = met.filter(pl.col("outcome").is_not_null())
    return decided.select(pl.col(name).cast(kind) for name, kind in OVERRIDE_OUTCOME.items())


def of_field(overrides: pl.DataFrame, field: str) -> pl.DataFrame:
    """The overrides of one field; `override_place` is where each holds."""
    here = overrides.filter(pl.col("field") == field)
    return here.select(
        "user_id",
        pl.col("location_id").alias("override_place"),
        "override_id",
        "kind",
        "value",
        "until",
        "run",
    )
