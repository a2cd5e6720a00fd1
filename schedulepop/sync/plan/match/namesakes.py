"""Two people of one name: a colleague who is active in this feed under an ID of their own is somebody else.

A name alone asks nothing about them (SPEC §5 Match). It still does where the two share an email, a phone, an employee
number or a hire date, and of whoever has left, is away, is missing, was added by hand or whose own record waits.
"""

from __future__ import annotations

import polars as pl

from schedulepop.employee import Status
from schedulepop.sync.plan.frames.snapshot import Snapshot

TELLING = ("number", "email", "phone", "hired")
"""What says more than a name and a place, as `scoring` names it."""


def active_colleagues(known: pl.DataFrame, snapshot: Snapshot) -> frozenset[int]:
    """User ids of active people who stand in this feed under a linked ID, and whose own records raise no question.

    `known` are the linked records that were looked at; of the others the status of the User List is still true.
    """
    if not snapshot.in_feed:
        return frozenset()
    living = snapshot.members.filter(pl.col("payroll_owned") & (pl.col("status") == Status.ACTIVE))
    now = living.select("user_id").unique(maintain_order=True).with_columns(pl.lit(True).alias("active_now"))
    starts_later = (pl.col("hire_date") > pl.col("today")).fill_null(False)
    works = (
        (pl.col("status") == Status.ACTIVE) | (pl.col("status").is_null() & pl.col("active_now"))
    ).fill_null(False)
    tonight = (
        known.join(now, on="user_id", how="left", maintain_order="left")
        .group_by("user_id", maintain_order=True)
        .agg(
            (works & ~pl.col("ended") & ~starts_later).any().alias("active"),
            pl.col("stop_reason").is_not_null().any().alias("waits"),
        )
    )
    looked_at = set(tonight["user_id"].to_list())
    active = tonight.filter(pl.col("active") & ~pl.col("waits"))["user_id"].to_list()
    at_rest = snapshot.in_feed.intersection(living["user_id"].to_list()) - looked_at
    return at_rest.union(active)


def without_namesakes(
    pairs: pl.DataFrame, asking: pl.DataFrame, feed: pl.DataFrame, colleagues: frozenset[int]
) -> pl.DataFrame:
    """Without the pairs of record and active colleague who share nothing but a name and a place.

    `pairs` carry what the two share by the User List; a value that the colleague's own record of `feed` has counts too.
    """
    alone = pairs.filter(pl.col("candidate").is_in(list(colleagues)) & ~pl.any_horizontal(TELLING))
    if alone.is_empty():
        return pairs
    theirs = feed.filter(pl.col("user_id").is_in(alone["candidate"].implode()))
    mine, own = _telling(asking, "row"), _telling(theirs.rename({"user_id": "candidate"}), "candidate")
    share = (
        alone.select("row", "candidate")
        .join(mine, on="row", how="inner", maintain_order="left")
        .join(own, on=["candidate", "what", "value"], how="semi", maintain_order="left")
    )
    alone = alone.join(share, on=["row", "candidate"], how="anti", maintain_order="left")
    return pairs.join(alone, on=["row", "candidate"], how="anti", maintain_order="left")


def _telling(records: pl.DataFrame, who: str) -> pl.DataFrame:
    """`who`, what, value: the values of each that say more than a name; both hire dates are one kind."""
    kinds = {
        "number": pl.col("employee_number"),
        "email": pl.col("email").str.to_lowercase(),
        "phone": pl.col("phone"),
        "hired": pl.col("hire_date").cast(pl.String),
        "hired_first": pl.col("original_hire_date").cast(pl.String),
    }
    told = [
        records.select(who, pl.lit(what.removesuffix("_first")).alias("what"), value.alias("value"))
        for what, value in kinds.items()
    ]
    return pl.concat(told).drop_nulls("value").unique(maintain_order=True)
