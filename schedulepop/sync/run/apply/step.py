"""Apply: the plan becomes the User List, in one transaction, set-wise (SPEC §5 Apply).

The caller (`runs`) opens the transaction, holds the locks and checks the lease. Directory, links, history,
audit and outbox are written together, so that a reader sees the old state or the new one. What already is as
planned is left out: the same plan twice changes nothing, and a plan without changes writes nothing.

A transfer ends the membership left as `inactive` from today: payroll did not say terminated, and status and
date then tell the same story at the location left.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection
from psycopg import Cursor
from psycopg.errors import UniqueViolation

from schedulepop.directory import bulk
from schedulepop.sync.errors import RetryLater
from schedulepop.sync.models import Run
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.run.apply import issues as issues_write
from schedulepop.sync.run.apply import links
from schedulepop.sync.run.apply.issues import ALL, Compared
from schedulepop.sync.run.apply.override_releases import write_releases
from schedulepop.sync.run.apply.staging import stage_changes
from schedulepop.sync.run.leftovers import Leftovers

HERE = "schedulepop.sync"
_BEFORE = "SET LOCAL schedulepop.applying = 'on'; SET LOCAL random_page_cost = 1.1"
"""No touched marks from here (sync/sql/truths.sql); and the rows of a small plan are found by index, not by scan."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What was written."""

    counts: dict[str, int] = field(default_factory=dict)  # verb → changes
    users: dict[str, int] = field(default_factory=dict)  # source id → the new user's id
    links: int = 0
    codes: int = 0  # codes that got a duty or zone
    queued: int = 0  # letters
    issues_opened: int = 0
    issues_resolved: int = 0
    seconds: float = 0.0


def apply(
    plan: Plan,
    *,
    run: Run,
    changes: pl.DataFrame | None = None,
    welcome: Collection[str] | None = None,
    left: Leftovers | None = None,
    compared: Compared = ALL,
    decided: bool = False,
    now: datetime,
) -> Applied:
    """Write these changes of the plan (default: those no hold stops), and what the run found out.

    `left`: what older runs left on the integration, where somebody has looked.

    `welcome`: source ids whose new users get a welcome letter, None: all. `decided`: a person approved what was held,
    so no hold stays open.
    Raises RetryLater, with nothing to undo but the transaction, when somebody else made the same person or link.
    """
    started = time.perf_counter()
    going = plan.applicable if changes is None else changes
    context = bulk.WriteContext(
        organization=run.organization_id,
        integration=run.integration_id,
        run=run.pk,
        by=run.by,
        now=now,
        today=plan.today,
        welcome_days=run.integration.policy.get("welcome_days_before"),
    )
    with connection.cursor() as wrapped:
        cursor: Cursor[Any] = wrapped.cursor
        if _touches_nobody(plan, going, compared, left):
            opened, resolved = issues_write.write(
                cursor, plan, context, users={}, compared=compared, decided=decided
            )
            return Applied(
                issues_opened=opened, issues_resolved=resolved, seconds=time.perf_counter() - started
            )
        cursor.execute(_BEFORE)
        try:
            linked = links.write(cursor, plan, going, context, decided=decided)
            made = _directory(cursor, plan, going, welcome, context)
        except UniqueViolation as error:
            raise RetryLater("list_changed") from error
        if compared.findings is None and (plan.missing.height or left is None or left.missing):
            _missing(cursor, plan, context)
        write_releases(cursor, plan, context, decided=decided)
        opened, resolved = issues_write.write(
            cursor, plan, context, users=made.users, compared=compared, decided=decided
        )
        _clear_dirty(cursor, compared.dirty_links)
        cursor.execute("SET LOCAL schedulepop.applying = 'off'")
    return Applied(
        counts=made.counts,
        users=made.users,
        links=linked + made.links,
        codes=made.codes,
        queued=made.queued,
        issues_opened=opened,
        issues_resolved=resolved,
        seconds=time.perf_counter() - started,
    )


def _touches_nobody(plan: Plan, going: pl.DataFrame, compared: Compared, left: Leftovers | None) -> bool:
    """Whether nothing about anybody is written: most nights."""
    about = (
        *(going, plan.links, plan.retired, plan.id_changes, plan.answered, plan.released),
        *(plan.extras, plan.missing, plan.short),
    )
    return (
        left is not None
        and not left.missing
        and not compared.dirty_links
        and all(frame.is_empty() for frame in about)
    )


def _directory(
    cursor: Cursor[Any],
    plan: Plan,
    going: pl.DataFrame,
    welcome: Collection[str] | None,
    context: bulk.WriteContext,
) -> Applied:
    """Changes with their links, history, audit and letters."""
    if going.is_empty():
        return Applied()
    linked = queued = 0
    staged = stage_changes(cursor, plan, going, welcome, context)
    bulk.stage(cursor, staged.rows)
    counts = bulk.staged_counts(cursor)
    if counts:
        bulk.execute(cursor, HERE, "journal_capture", context.values())
        queued = bulk.write(cursor, staged.rows, context)
        linked = bulk.execute(cursor, HERE, "apply_links", context.values())[0]
        for name in ("apply_changes", "apply_audit"):
            bulk.execute(cursor, HERE, name, context.values())
    bulk.drop_staging(cursor)
    return Applied(counts=counts, users=staged.users, links=linked, codes=staged.codes, queued=queued)


def _missing(cursor: Cursor[Any], plan: Plan, context: bulk.WriteContext) -> None:
    """The counters of people the feed does not carry."""
    missing = plan.missing
    counters = context.values(
        ids=missing["source_id"].to_list(),
        feeds=missing["feeds"].to_list(),
        since=missing["since"].to_list(),
        shas=missing["counted_sha"].fill_null("").to_list(),
        abouts=missing["about"].to_list(),
        places=missing["place"].to_list(),
    )
    bulk.execute(cursor, HERE, "apply_missing", counters)


def _clear_dirty(cursor: Cursor[Any], dirty: Sequence[tuple[int, str, int]]) -> None:
    """Marks this run has read go, unless they were set again since."""
    if dirty:
        marks = {"links": [link for link, _, _ in dirty], "versions": [version for _, _, version in dirty]}
        bulk.execute(cursor, HERE, "apply_touched", marks)
