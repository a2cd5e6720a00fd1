"""The newest feeds asked about, opened: plan and kept copy read, names taken apart, so that a search is quick.

A process keeps the last few in memory, by what they were made of: a run that was planned or approved again, another
mapping or policy, or a file that lost columns is another feed. Nothing else changes them, so none is ever outdated.
Of pay nothing is kept.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.models import RawFeed, Run
from schedulepop.sync.plan import storage
from schedulepop.sync.plan.frames.changes import HOLDING
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.names import fold_names
from schedulepop.sync.plan.normalize.exclusions import rule_of
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.run import feeds
from schedulepop.sync.whereis.score import NameWords

MOST_RECORDS = 250_000  # kept in one process, some 300 bytes each
BROKEN = {
    "row": pl.UInt32,
    "source_id": pl.String,
    "employee_number": pl.String,
    "email": pl.String,
    "name": pl.String,
}
_lock = threading.Lock()
_kept: OrderedDict[Hashable, OpenedFeed] = OrderedDict()


@dataclass
class OpenedFeed:
    """A feed with what its plan says of people. Shared between questions: nobody changes its frames."""

    records: pl.DataFrame
    problems: pl.DataFrame
    holds: pl.DataFrame
    held: pl.DataFrame  # source_id, HOLDING
    table: pl.DataFrame  # row, and the searched columns by their canonical names, location and duty
    broken: (
        pl.DataFrame
    )  # BROKEN: rows that could not be split into columns, with what of them names somebody

    @cached_property
    def people(self) -> pl.DataFrame:
        """Whole rows and broken ones."""
        return pl.concat([self.table, self.broken], how="diagonal")

    @cached_property
    def names(self) -> NameWords:
        """The names of `people`."""
        return NameWords.of(fold_names(self.people["name"].fill_null("")))


def open_feed(run: Run) -> OpenedFeed:
    """The run's plan and feed. The run is one that made a plan."""
    key = _made_of(run)
    with _lock:
        known = _kept.get(key)
        if known is not None:
            _kept.move_to_end(key)
            return known
    opened = _open(run)
    with _lock:
        _kept[key] = opened
        while len(_kept) > 1 and sum(one.table.height for one in _kept.values()) > MOST_RECORDS:
            _kept.popitem(last=False)
    return opened


def _made_of(run: Run) -> Hashable:
    kept = RawFeed.objects.filter(pk=run.raw_id or 0).values_list("sha256", "not_kept").first()
    rules = (run.integration.mapping, run.integration.policy, run.integration.organization.cms_codes)
    told = json.dumps([kept, rules], sort_keys=True, default=str)
    return run.pk, run.fencing_token, run.finished_at, told


def _open(run: Run) -> OpenedFeed:
    assert run.plan is not None  # noqa: S101 (`speaking.heard` gives only such)
    plan = storage.unpack(run.plan)
    try:
        if run.raw is None:
            raise NeedsAdmin("feed_gone")
        run.raw.integration = run.integration
        feed = feeds.read_stored(run.raw, feeds.policy_of(run.integration))
    except NeedsAdmin:  # kept under rules that have changed since
        nothing = pl.DataFrame({"row": []}, schema={"row": pl.UInt32})
        return _with_plan(plan, _by_name(nothing, {}), pl.DataFrame(schema=BROKEN))
    mapping = Mapping(**run.integration.mapping)
    table = _by_name(feed.table, plan.columns).with_columns(
        rule_of(feed.table, mapping.exclude).alias("left_out_by")
    )
    return _with_plan(plan, table, feed.broken_rows)


def _with_plan(plan: Plan, table: pl.DataFrame, broken: pl.DataFrame) -> OpenedFeed:
    held = plan.stopped.select("source_id", *HOLDING)
    return OpenedFeed(plan.records, plan.problems, plan.holds, held, table, broken)


def _by_name(table: pl.DataFrame, columns: dict[str, str]) -> pl.DataFrame:
    """The columns a person can be found by, under their canonical names; what the feed lacks is null."""

    def column(field: str) -> pl.Expr:
        name = columns.get(field)
        return pl.col(name) if name in table.columns else pl.lit(None, pl.String)

    parts = pl.concat_str([column("first_name"), column("last_name")], separator=" ", ignore_nulls=True)
    return table.select(
        "row",
        pl.coalesce(pl.when(parts != "").then(parts), column("full_name")).alias("name"),
        *(
            column(field).alias(field)
            for field in ("email", "phone", "source_id", "employee_number", "location", "duty")
        ),
    )
