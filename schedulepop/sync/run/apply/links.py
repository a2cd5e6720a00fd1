"""Links of people who exist: made, over, and what is told of it; nothing of it for what is on hold."""

from __future__ import annotations

from typing import Any

import polars as pl
from psycopg import Cursor

from schedulepop.directory import bulk
from schedulepop.sync.plan.frames.plan import Plan

HERE = "schedulepop.sync"


def write(
    cursor: Cursor[Any], plan: Plan, going: pl.DataFrame, context: bulk.WriteContext, *, decided: bool
) -> int:
    """Make true what was found and answered, and what payroll stopped sending; returns how many links were made.

    Runs before anybody is made: an id that names somebody else now must be free by then.
    """
    if plan.links.is_empty() and plan.answered.is_empty() and plan.retired.is_empty():
        return 0
    stays = ~pl.col("source_id").is_in(stopped(plan, going, decided=decided).implode())
    about = ~pl.col("for_id").is_in(stopped(plan, going, decided=decided).implode())
    changed = plan.id_changes.rename({"new_id": "source_id"}).filter(stays)
    answered = plan.answered.filter(stays)
    over = plan.retired.filter(about)
    if answered.height or over.height:
        answers = context.values(
            over=over["source_id"].to_list(),
            whose=over["user_id"].to_list(),
            changed=changed["user_id"].to_list(),
            old_ids=changed["old_id"].to_list(),
            new_ids=changed["source_id"].to_list(),
            said_by=changed["by"].to_list(),
            answers=answered["answer_id"].to_list(),
        )
        bulk.execute(cursor, HERE, "apply_answers", answers)
    links = plan.links.filter(stays)
    if links.is_empty():
        return 0
    found = context.values(
        ids=links["source_id"].to_list(), users=links["user_id"].to_list(), further=links["further"].to_list()
    )
    return bulk.execute(cursor, HERE, "apply_found", found)[0]


def stopped(plan: Plan, going: pl.DataFrame, *, decided: bool) -> pl.Series:
    """Ids behind a hold: a change of theirs is held, or a feed that is doubted where they are names them."""
    held = plan.stopped.join(going, on="change_no", how="anti")["source_id"]
    doubted = plan.holds.clear() if decided else plan.holds
    known = plan.records.select("source_id", "location_id").drop_nulls("source_id")
    if not (doubted["scope"] == "organization").any():
        known = known.join(doubted.select("location_id").drop_nulls(), on="location_id", how="semi")
    known = known.join(going.select("source_id"), on="source_id", how="anti")  # decided on one by one
    return pl.concat([held, known["source_id"]]).unique()
