"""Apply: the plan becomes the User List, in one transaction, set-wise (SPEC §5 Apply).

The caller (`runs`) opens the transaction, holds the locks and checks the lease. Directory, links, history,
audit and outbox are written together, so that a reader sees the old state or the new one. What already is as
planned is left out: the same plan twice changes nothing, and a plan without changes writes nothing.

A transfer ends the membership left as `inactive` from today: payroll did not say terminated, and status and
date then tell the same story at the location left.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection
from psycopg import Cursor
from psycopg.errors import UniqueViolation

from schedulepop.directory import bulk
from schedulepop.employee import ENDED, MAY_SIGN_IN
from schedulepop.sync.errors import RetryLater
from schedulepop.sync.models import Run
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.run.apply import issues as issues_write
from schedulepop.sync.run.apply import links
from schedulepop.sync.run.apply.override_releases import write_releases
from schedulepop.sync.run.apply.staging import staged

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
    touched: Iterable[tuple[int, str, int]] = (),
    looked_at: Collection[str] | None = None,
    whole: bool = True,
    decided: bool = False,
    now: datetime,
) -> Applied:
    """Write these changes of the plan (default: those no hold stops), and what the run found out.

    `welcome`: source ids whose new users get a welcome letter, None: all. `touched`: the marks (link id, source
    id, version) the snapshot answered. `looked_at`: source ids of the records compared (default: the plan's
    records), `whole`: all of them were. `decided`: a person approved what was held, so no hold stays open.
    Raises RetryLater, with nothing to undo but the transaction, when somebody else made the same person or link.
    """
    started = time.perf_counter()
    going = plan.applicable if changes is None else changes
    given: dict[str, Any] = {
        "organization": run.organization_id,
        "integration": run.integration_id,
        "run": run.pk,
        "by": f"sync run {run.number}",
        "now": now,
        "today": plan.today,
        "sign_in": sorted(MAY_SIGN_IN),
        "welcome_days": run.integration.policy.get("welcome_days_before"),
    }
    with connection.cursor() as wrapped:
        cursor: Cursor[Any] = wrapped.cursor
        cursor.execute(_BEFORE)
        try:
            linked = links.write(cursor, plan, going, given, decided=decided)
            made = _directory(cursor, plan, going, welcome, given)
        except UniqueViolation as error:
            raise RetryLater(
                "Somebody changed the User List at the same moment, so nothing was written."
            ) from error
        _missing(cursor, plan, given)
        write_releases(cursor, plan, given, decided=decided)
        opened, resolved = issues_write.write(
            cursor, plan, given, users=made.users, looked_at=looked_at, whole=whole, decided=decided
        )
        _answered(cursor, touched)
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


def _directory(
    cursor: Cursor[Any],
    plan: Plan,
    going: pl.DataFrame,
    welcome: Collection[str] | None,
    given: dict[str, Any],
) -> Applied:
    """Changes with their links, history, audit and letters."""
    if going.is_empty():
        return Applied()
    linked = 0
    rows = staged(cursor, plan, going, welcome, given)
    bulk.stage(cursor, rows.new, rows.known, rows.own, rows.extras, rows.told)
    counts = bulk.counted(cursor)
    queued = 0
    if counts:
        bulk.execute(cursor, HERE, "journal_capture", given | {"ended": sorted(ENDED)})
        queued = bulk.write(
            cursor, given, new=rows.new.height > 0, known=rows.known.height > 0, extras=rows.extras.height > 0
        )
        for name in ("apply_links", "apply_changes", "apply_audit"):
            written = bulk.execute(cursor, HERE, name, given)
            linked += written[0] if name == "apply_links" else 0
    bulk.clear(cursor)
    return Applied(counts=counts, users=rows.users, links=linked, codes=rows.codes, queued=queued)


def _missing(cursor: Cursor[Any], plan: Plan, given: dict[str, Any]) -> None:
    """The counters of people the feed does not carry."""
    gone = plan.missing
    bulk.execute(
        cursor,
        HERE,
        "apply_missing",
        given
        | {
            "ids": gone["source_id"].to_list(),
            "feeds": gone["feeds"].to_list(),
            "since": gone["since"].to_list(),
            "shas": gone["counted_sha"].fill_null("").to_list(),
            "abouts": gone["about"].to_list(),
            "places": gone["place"].to_list(),
        },
    )


def _answered(cursor: Cursor[Any], touched: Iterable[tuple[int, str, int]]) -> None:
    """Marks this run has read go, unless they were set again since."""
    marks = list(touched)
    if marks:
        bulk.execute(
            cursor,
            HERE,
            "apply_touched",
            {
                "links": [mark[0] for mark in marks],
                "versions": [mark[2] for mark in marks],
            },
        )
