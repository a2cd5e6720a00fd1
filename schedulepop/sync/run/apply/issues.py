"""Issues of a run: opened, kept up to date, resolved. The same findings a second time write nothing.

An issue is what `code` and `key` name, with the rows concerned; what is on hold is one issue per scope. Where the feed
is in doubt (`run.speaking`) only issues about the feed itself are opened, and all others stay as they are; a run that
applied nothing of what it found resolves none. What is on hold is always that of the newest plan.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
from psycopg import Cursor

from schedulepop.directory import bulk
from schedulepop.lib import sql
from schedulepop.sync.plan.frames.changes import SCOPE, stopped_by
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.frames.questions import QUESTIONS
from schedulepop.sync.plan.guard import HOLD_ISSUES
from schedulepop.sync.plan.guard.issues import scope_key
from schedulepop.sync.run.speaking import NOWHERE, Doubted, doubt_of

HERE = "schedulepop.sync"
ROWS_KEPT = 50
FEW = 100  # issues that are compared with the open ones before anything is staged
_KEY_LENGTH = 200
ISSUE = {
    "code": pl.String,
    "key": pl.String,
    "location_id": pl.Int64,
    "user_id": pl.Int64,
    "count": pl.Int64,
    "rows": pl.String,
    "reasons": pl.String,
}
_ROW = ("row", "source_id", "name", "column", "value", "reason", "params")


@dataclass(frozen=True, slots=True)
class Compared:
    """Which records the run compared with payroll's: their issues are settled, and their people looked at."""

    record_ids: Collection[str] | None = None  # None: the records of the plan
    full: bool = True  # all of the feed
    closes: bool = True  # False: nothing of the feed was applied
    dirty_links: Sequence[tuple[int, str, int]] = ()  # link id, source id, version, as the snapshot read them
    findings: Plan | None = None  # of a run at once: with everybody its issues name


ALL = Compared()


def write(
    cursor: Cursor[Any],
    plan: Plan,
    context: bulk.WriteContext,
    *,
    users: dict[str, int],
    compared: Compared,
    decided: bool,
) -> tuple[int, int]:
    """Make the integration's open issues those of this plan; returns how many were opened and resolved.

    Where no record was compared, no issue is resolved. `users`: people the run made, by source id.
    """
    if compared.findings is not None:
        return _write_some(cursor, plan, compared.findings, context, users=users, closes=compared.closes)
    ids, full = compared.record_ids, compared.full
    settles = full or ids is None or bool(ids)
    doubt = NOWHERE if decided else doubt_of(plan.holds.iter_rows(named=True))
    found = found_issues(plan, users, decided=decided)
    if _are_told(cursor, context.integration, found):
        return 0, 0
    if ids is None:
        ids = plan.records["source_id"].drop_nulls().to_list()
    _stage(cursor, found)
    scope = context.values(
        settles=settles,
        decided=decided,
        full=full,
        compared=[] if full else list(ids),
        closes=compared.closes,
        of_holds=sorted(HOLD_ISSUES),
        doubted=doubt.everywhere,
        places=sorted(doubt.places),
        stopped=_records_at(plan, doubt.places),
    )
    written = bulk.execute(cursor, HERE, "issues_write", scope)
    return written[2], written[3]


def _write_some(
    cursor: Cursor[Any],
    plan: Plan,
    findings: Plan,
    context: bulk.WriteContext,
    *,
    users: dict[str, int],
    closes: bool,
) -> tuple[int, int]:
    """The issues that name somebody of a run at once; of holds only those that are new."""
    found = found_issues(findings, users)
    ids = plan.records["source_id"].drop_nulls().unique().to_list()
    if _are_told(cursor, context.integration, found):
        return 0, 0
    _stage(cursor, found)
    scope = context.values(compared=ids, closes=closes, of_holds=sorted(HOLD_ISSUES))
    written = bulk.execute(cursor, HERE, "issues_write_some", scope)
    return written[1], written[2]


def _stage(cursor: Cursor[Any], found: pl.DataFrame) -> None:
    cursor.execute(
        "CREATE TEMP TABLE bulk_issue (code text, key text, location_id bigint, user_id bigint, count int,"
        " rows jsonb, reasons jsonb) ON COMMIT DROP"
    )
    bulk.copy_in(cursor, "bulk_issue", found)


def found_issues(plan: Plan, users: dict[str, int], *, decided: bool = False) -> pl.DataFrame:
    """One row per issue: code, key, location_id, user_id, count, rows (JSON, the first 50), reasons (JSON)."""
    if plan.problems.is_empty() and plan.holds.is_empty():
        return empty(ISSUE)
    doubt = NOWHERE if decided else doubt_of(plan.holds.iter_rows(named=True))
    told = replace(plan, problems=_sayable(plan, doubt)) if doubt else plan
    return pl.concat([_of_problems(told, users), _of_holds(plan, decided)])


def _sayable(plan: Plan, doubt: Doubted) -> pl.DataFrame:
    """PROBLEM without what a doubted feed says of people: what it says of itself stays, and what makes it doubtful."""
    rules = plan.holds["rule"]
    itself = pl.col("row").is_null() & pl.col("source_id").is_null()
    if (rules == "rejects").any():
        rejected = plan.records.filter(pl.col("bucket") == "rejected")["row"]
        itself |= pl.col("row").is_in(rejected.implode()).fill_null(False)
    if (rules == "ids_changed").any():
        itself |= pl.col("code").is_in(QUESTIONS)
    if doubt.everywhere:
        return plan.problems.filter(itself)
    here = pl.col("location_id").is_in(sorted(doubt.places)).fill_null(False)
    theirs = pl.col("source_id").is_in(_records_at(plan, doubt.places)).fill_null(False)
    return plan.problems.filter(itself | ~(here | theirs))


def _records_at(plan: Plan, places: frozenset[int]) -> list[str]:
    """The payroll IDs of the feed's records at these locations, as far as they were looked at."""
    if not places:
        return []
    there = plan.records.filter(pl.col("location_id").is_in(sorted(places)))
    ids: list[str] = there["source_id"].drop_nulls().unique().to_list()
    return ids


def _are_told(cursor: Cursor[Any], integration: int | None, found: pl.DataFrame) -> bool:
    """Whether the open issues are just these already, so that nothing is to be written; False where it is not asked."""
    if found.height > FEW:
        return False
    values = {"integration": integration, "found": json.dumps(found.to_dicts())}
    cursor.execute(sql.load(HERE, "issues_told"), values)
    row = cursor.fetchone()
    return bool(row and row[0])


def _of_problems(plan: Plan, users: dict[str, int]) -> pl.DataFrame:
    told = plan.carried.select("source_id", "name", pl.lit(None, pl.Int64).alias("user_id"))
    known = (
        pl.concat([plan.records.select("source_id", "name", "user_id"), told])
        .drop_nulls("source_id")
        .unique("source_id", keep="first", maintain_order=True)
    )
    made = pl.DataFrame(
        {"source_id": list(users), "made": list(users.values())},
        schema={"source_id": pl.String, "made": pl.Int64},
    )
    rows = (
        plan.problems.filter(pl.col("code") != "on_hold")  # told by scope, with who is held, in _of_holds
        .with_columns(pl.col("key").fill_null("").str.slice(0, _KEY_LENGTH))
        .join(known, on="source_id", how="left", maintain_order="left")
        .join(made, on="source_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("key") == pl.col("source_id"))
            .then(pl.coalesce("user_id", "made"))
            .alias("user_id")
        )
    )
    one_place = pl.when(pl.col("location_id").n_unique() == 1).then(pl.col("location_id").first())
    return (
        rows.group_by("code", "key", maintain_order=True)
        .agg(
            one_place.alias("location_id"),
            pl.col("user_id").drop_nulls().first(),
            pl.len().cast(pl.Int64).alias("count"),
            pl.struct(_ROW).head(ROWS_KEPT).alias("rows"),
            pl.struct("reason", "params", "row", "column", "value").head(1).alias("reasons"),
        )
        .with_columns(_json("rows"), _json("reasons"))
        .select(list(ISSUE))
    )


def _of_holds(plan: Plan, decided: bool) -> pl.DataFrame:
    """One per scope, with how many changes wait or, where that is more, how many people or records it is about."""
    holds = plan.holds.clear() if decided else plan.holds
    waiting = stopped_by(plan.held).group_by(SCOPE, maintain_order=True).len("count")
    return (
        holds.group_by(SCOPE, maintain_order=True)
        .agg(
            pl.struct(pl.col("rule").alias("reason"), "params").unique(maintain_order=True).alias("reasons"),
            pl.col("figure").max().clip(lower_bound=1.0).cast(pl.Int64),
        )
        .join(waiting, on=SCOPE, how="left", nulls_equal=True, maintain_order="left")
        .select(
            pl.lit("on_hold").alias("code"),
            scope_key().str.slice(0, _KEY_LENGTH).alias("key"),
            "location_id",
            pl.lit(None, pl.Int64).alias("user_id"),
            pl.max_horizontal("count", "figure").cast(pl.Int64).alias("count"),
            pl.lit("[]").alias("rows"),
            _json("reasons"),
        )
    )


def _json(column: str) -> pl.Expr:
    """A list of structs as JSON text; polars encodes structs only, so it is wrapped and unwrapped."""
    before, after = len(f'{{"{column}":'), 1
    text = pl.struct(column).struct.json_encode()
    return text.str.slice(before, text.str.len_chars() - before - after).alias(column)
