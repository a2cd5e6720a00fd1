"""Missing people whose status is overridden, or whose removal was taken back, do not leave."""

from __future__ import annotations

import polars as pl

from schedulepop.employee import Status
from schedulepop.sync.plan.frames.changes import IN_FORCE, OVERRIDE, OVERRIDE_OUTCOME
from schedulepop.sync.plan.frames.missing import Subject
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import Snapshot


def prevent_removals(
    leaving: pl.DataFrame, overrides: pl.DataFrame, snapshot: Snapshot
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """LEAVING without those whose status is overridden; and OVERRIDE_OUTCOME of these.

    A pin keeps them only when their removal is what was taken back.
    """
    status = overrides.filter(pl.col("field") == "status")
    if status.is_empty():
        return leaving, empty(OVERRIDE_OUTCOME)
    members = snapshot.members.select("membership_id", "user_id", "location_id")
    people = snapshot.people.select("user_id", "first_name", "last_name")
    at = leaving.join(members, on="membership_id", how="inner", maintain_order="left")
    removal = pl.col("value").is_in([Status.TERMINATED, Status.CANCELED]) | (
        (pl.col("about") == Subject.PLACE) & (pl.col("value") == Status.INACTIVE)
    )
    stay = (
        at.join(status, on=["user_id", "location_id"], how="inner", maintain_order="left")
        .filter((pl.col("kind") == OVERRIDE) | removal)
        .join(people, on="user_id", how="left", maintain_order="left")
    )
    given = {"row": pl.lit(None), "payroll_value": pl.lit(None), "outcome": pl.lit(IN_FORCE)}
    met = stay.select(
        given.get(name, pl.col(name)).cast(kind).alias(name) for name, kind in OVERRIDE_OUTCOME.items()
    )
    return leaving.join(stay, on="membership_id", how="anti", maintain_order="left"), met
