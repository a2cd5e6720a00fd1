"""What runs at once have done, or asked to do, since the last full run that was applied."""

from __future__ import annotations

import polars as pl
from django.db.models import Max, Q

from schedulepop.sync.models import Integration, Run, RunState, Trigger
from schedulepop.sync.plan import storage
from schedulepop.sync.plan.frames.changes import CHANGE
from schedulepop.sync.plan.frames.outcomes import AT_ONCE, CREATED, REMOVED
from schedulepop.sync.run import queries
from schedulepop.sync.run.snapshot.guard_baseline import WORKING


def changes_since_full_run(run: Run) -> pl.DataFrame:
    """AT_ONCE before this run: applied, or waiting for an approval."""
    integration = run.integration
    given = {"integration": integration.pk, "organization": integration.organization_id}
    rows = queries.rows("at_once_since", **given, working=WORKING)
    return pl.concat([pl.DataFrame(rows, schema=AT_ONCE, orient="row"), *_waiting(run)])


def last_full_number(integration: Integration) -> int:
    """The number of the last full run that was applied, 0 without one."""
    applied = integration.runs.full().filter(undo_of=None, state__in=[RunState.APPLIED, RunState.UNDONE])
    return int(applied.exclude(trigger=Trigger.EFFECTIVE).aggregate(n=Max("number"))["n"] or 0)


def _waiting(run: Run) -> list[pl.DataFrame]:
    waits = Q(state=RunState.HELD) | Q(rest=Run.Rest.WAITING)
    since = run.integration.runs.at_once().filter(waits, number__gt=last_full_number(run.integration))
    plans = since.filter(number__lt=run.number).values_list("plan", flat=True)
    return [_held(storage.parts(blob, changes=CHANGE)["changes"]) for blob in plans if blob]


def _held(changes: pl.DataFrame) -> pl.DataFrame:
    held = changes.filter(
        pl.col("held_by").is_not_null() & (pl.col("removal") | (pl.col("verb") == "create"))
    )
    return held.select(
        pl.when("removal").then(pl.lit(REMOVED)).otherwise(pl.lit(CREATED)).alias("kind"),
        "location_id",
        "source_id",
        pl.lit(value=False).alias("counted"),
    )
