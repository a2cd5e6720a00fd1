"""The holds of a full run that still waits: a run at once stays behind them, and takes out whom somebody let go."""

from __future__ import annotations

import json

import polars as pl
from django.db.models import Q

from schedulepop.sync.models import Integration, Run, RunState
from schedulepop.sync.plan import approval, storage
from schedulepop.sync.plan.guard import DOUBTS_FEED, HOLDS_PEOPLE, Hold
from schedulepop.sync.run import outcome


def waiting_runs(integration: Integration) -> list[Run]:
    """Full runs of which something waits for a decision, the newest first; without their plans."""
    waits = Q(state=RunState.HELD) | Q(rest=Run.Rest.WAITING)
    return list(integration.runs.full().filter(waits).defer("plan", "summary").order_by("-number"))


def open_holds(integration: Integration) -> list[Hold]:
    """What they hold: scopes, and people who are held for what else the night held."""
    return [
        Hold(
            hold["rule"],
            hold["figure"],
            hold["limit"],
            hold["params"] if isinstance(hold["params"], dict) else json.loads(hold["params"]),
            hold["location_id"],
            hold["source_id"],
        )
        for run in waiting_runs(integration)
        for hold in run.holds
        if hold["scope"] != "person" or hold["rule"] in HOLDS_PEOPLE
    ]


def take_out(run: Run, done: pl.Series) -> None:
    """Whose change this run at once applied waits no more in the run before it. In the applying transaction.

    `done`: payroll IDs. Where nothing is left to decide, that run waits no more.
    """
    for waiting in waiting_runs(run.integration):
        row = (
            Run.objects.select_for_update(of=("self",))
            .select_related("raw", "integration")
            .get(pk=waiting.pk)
        )
        if not row.plan:
            continue
        plan = storage.unpack(row.plan)
        theirs = plan.held.filter(pl.col("source_id").is_in(done.implode()))
        if theirs.is_empty():
            continue
        left = approval.without_people(plan, theirs["source_id"])
        waits = left.held.height > 0 or any(rule in DOUBTS_FEED for rule in left.holds["rule"].to_list())
        state = row.state if waits or row.state != RunState.HELD else RunState.APPLIED
        outcome.record_rest(row, left, state, waiting=waits)
