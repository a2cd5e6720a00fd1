"""The last feed of an integration, searched: which of its records resemble a text, and what the run made of them.

The kept copy of the feed is read again, since people who were left out, or skipped as unchanged, are listed in
no plan; the plan of the run that read it says what became of each record.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from schedulepop.directory.models import Location, LocationCode
from schedulepop.lib.text import fold_code
from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.models import Integration, Run, RunState
from schedulepop.sync.plan import storage
from schedulepop.sync.plan.frames.changes import HOLDING, SCOPE
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.normalize.exclusions import rule_of
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.run import feeds
from schedulepop.sync.whereis.facts import Doubt, Record
from schedulepop.sync.whereis.query import Query
from schedulepop.sync.whereis.score import similarity
from schedulepop.wording import findings
from schedulepop.wording import holds as hold_words

MOST = 60  # records looked at more closely
_SEARCHED = ("name", "email", "phone", "source_id", "employee_number")


def last_run(integration: Integration) -> Run | None:
    """The newest run with a plan of a feed; before the first sync is approved previews count, too."""
    runs = integration.runs.filter(plan__isnull=False, raw__content__isnull=False, undo_of=None)
    if integration.first_sync_done:
        runs = runs.filter(preview=False)
    return runs.select_related("raw__integration", "integration__organization").order_by("-number").first()


@dataclass
class SearchedFeed:
    """One integration's last feed with the plan made of it."""

    run: Run
    plan: Plan
    table: pl.DataFrame  # row, and the searched columns by their canonical names, location and duty
    broken: pl.DataFrame  # rows that could not be split into columns, with what of them names somebody

    @classmethod
    def of(cls, run: Run) -> SearchedFeed:
        """Reads plan and feed again."""
        assert run.plan is not None  # noqa: S101 (chosen by `last_run`)
        plan = storage.unpack(run.plan)
        try:
            assert run.raw is not None  # noqa: S101
            feed = feeds.read_stored(run.raw, feeds.policy_of(run.integration))
        except NeedsAdmin:  # kept under rules that have changed since
            return cls(
                run, plan, _by_name(pl.DataFrame({"row": []}, schema={"row": pl.UInt32}), {}), _no_broken()
            )
        mapping = Mapping(**run.integration.mapping)
        table = _by_name(feed.table, plan.columns).with_columns(
            rule_of(feed.table, mapping.exclude).alias("left_out_by")
        )
        return cls(run, plan, table, feed.broken_rows)

    def resembling(self, query: Query) -> list[tuple[float, Record]]:
        """Records that resemble the text, most alike first."""
        people = pl.concat([self.table, self.broken], how="diagonal")
        found = people.with_columns(similarity(people.select(_SEARCHED), query)).filter(
            pl.col("similarity") > 0
        )
        best = found.sort("similarity", "row", descending=[True, False]).head(MOST)
        return list(zip(best["similarity"].to_list(), self._records(best), strict=True))

    def of_ids(self, ids: Collection[str]) -> list[Record]:
        """The records of these payroll IDs."""
        return self._records(self.table.filter(pl.col("source_id").is_in(list(ids))))

    def _records(self, rows: pl.DataFrame) -> list[Record]:
        """Record of each row, in their order."""
        numbers = rows["row"].to_list()
        known = {one["row"]: one for one in self.plan.records.filter(pl.col("row").is_in(numbers)).to_dicts()}
        doubts: dict[int, list[Doubt]] = {}
        for one in self.plan.problems.filter(pl.col("row").is_in(numbers)).iter_rows(named=True):
            doubt = Doubt(one["code"], one["column"] or "", one["value"] or "", findings.message(one))
            doubts.setdefault(one["row"], []).append(doubt)
        return [
            self._record(row, known.get(row["row"], {}), tuple(doubts.get(row["row"], ())))
            for row in rows.to_dicts()
        ]

    def _record(self, row: dict[str, object], made: dict[str, object], doubts: tuple[Doubt, ...]) -> Record:
        location_id = made.get("location_id") or self._place_of(row)
        source_id = str(made.get("source_id") or row.get("source_id") or "").strip()
        bucket, reason = made.get("bucket"), made.get("reason")
        if not made:  # passed over as unchanged: left out once more, or on the list
            rule = row.get("left_out_by")
            bucket, reason = (
                "excluded" if rule or source_id not in self._linked else "unchanged",
                rule or "already_left",
            )
        held = self._holds.get(source_id, "") if bucket == "held" else ""
        return Record(
            run_id=self.run.pk,
            row=int(str(row["row"])),
            source_id=source_id,
            name=str(made.get("name") or row.get("name") or "").strip(),
            location_id=location_id,  # type: ignore[arg-type]
            location=self._names.get(location_id, ""),  # type: ignore[call-overload]
            location_code=str(row.get("location") or ""),
            bucket=str(bucket or ""),
            reason=str(reason or ""),
            hold=held,
            discarded_by=self._discarded_by if held else "",
            about=_about(row),
            doubts=doubts,
        )

    def _place_of(self, row: dict[str, object]) -> int | None:
        """The location a row names, for records that were rejected or left out."""
        code = fold_code(
            str(row.get("location") or self.run.integration.mapping.get("default_location") or "")
        )
        return self._codes.get(code)

    @cached_property
    def _codes(self) -> dict[str, int]:
        owner = self.run.organization_id
        return dict(LocationCode.objects.filter(organization=owner).values_list("code", "location_id"))

    @cached_property
    def _names(self) -> dict[int, str]:
        return dict(Location.objects.filter(organization=self.run.organization_id).values_list("pk", "name"))

    @cached_property
    def _linked(self) -> frozenset[str]:
        return frozenset(
            self.run.integration.links.filter(retired_at=None).values_list("source_id", flat=True)
        )

    @cached_property
    def _discarded_by(self) -> str:
        """Who decided against what the guard held in this run; nothing while it waits."""
        over = self.run.state == RunState.DISCARDED or self.run.rest == Run.Rest.DISCARDED
        return (self.run.decided_by or "somebody") if over else ""

    @cached_property
    def _holds(self) -> dict[str, str]:
        """Payroll ID → why it is held."""
        holds = self.plan.holds.select("rule", *SCOPE, "params").iter_rows()
        reasons = {tuple(address): hold_words.reason(address[0], params) for *address, params in holds}
        held = self.plan.held.select("source_id", *HOLDING).iter_rows()
        return {source_id: reasons.get(tuple(address), "") for source_id, *address in held}


def _about(row: dict[str, object]) -> str:
    """Duty and number, as payroll writes them, for the line below the name."""
    number = str(row.get("employee_number") or "").strip()
    return ", ".join(
        part for part in (str(row.get("duty") or "").strip(), f"No. {number}" if number else "") if part
    )


def _no_broken() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            "row": pl.UInt32,
            "source_id": pl.String,
            "employee_number": pl.String,
            "email": pl.String,
            "name": pl.String,
        }
    )


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
