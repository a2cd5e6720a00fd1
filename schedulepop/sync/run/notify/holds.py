"""At once to who may decide: removals or a whole feed are on hold (SPEC §5 Guard). One letter per reader and run."""

from __future__ import annotations

import polars as pl

from schedulepop.sync.models import Run, RunState
from schedulepop.sync.plan.frames.changes import SCOPE, stopped_by
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.guard import DOUBTS_FEED
from schedulepop.sync.run import headline
from schedulepop.sync.run.notify import recipients
from schedulepop.wording import headlines
from schedulepop.wording import holds as hold_words


def notify(run: Run, plan: Plan, state: str) -> int:
    """Queue the letters, in the transaction that puts the run's changes on hold; returns how many."""
    behind = stopped_by(plan.held.filter("removal")).select(*SCOPE, pl.lit(True).alias("removes")).unique()
    alarming = plan.holds.join(behind, on=SCOPE, how="left", nulls_equal=True, maintain_order="left").filter(
        pl.col("rule").is_in(sorted(DOUBTS_FEED)) | pl.col("removes").fill_null(False)
    )
    if alarming.is_empty():
        return 0
    names = _places(run, alarming["location_id"].drop_nulls().unique().to_list())
    items = [
        {"title": names.get(place, run.organization.name), "detail": hold_words.reason(rule, params)}
        for place, rule, params in alarming.select("location_id", "rule", "params").iter_rows()
    ]
    return recipients.notify(
        recipients.officers(run.organization),
        "alarm",
        run.organization,
        f"/runs/{run.pk}/",
        run_id=run.pk,
        number=run.number,
        says=_says(plan),
        lead=_lead(plan, state),
        items=items,
    )


def _places(run: Run, ids: list[int]) -> dict[int | None, str]:
    found = run.organization.locations.filter(pk__in=ids)
    return dict(found.values_list("pk", "name"))


def _says(plan: Plan) -> str:
    """The consequence, for the subject and the heading."""
    waiting = plan.held["source_id"].n_unique() if plan.held.height else 0
    who = {0: "the payroll file looks wrong", 1: "one person waits for your decision"}
    return who.get(waiting, f"{waiting:,} people wait for your decision")


def _lead(plan: Plan, state: str) -> str:
    """What is safe."""
    if state == RunState.HELD:
        return (
            "Nobody on the list was changed. Payroll may be right or wrong about this; somebody has to look."
        )
    found = headline.open_counts(dict(plan.problems.group_by("code").len().iter_rows()))
    return headlines.rest_of_run(open_too=any(found))
