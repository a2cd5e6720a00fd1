"""The last feeds of an integration, searched: which of their records resemble a text, and what the run made of them.

Those that speak, each in its scope, and after them a newer one that does not (`run.speaking`).

The kept copy of the feed is read again, since people who were left out, or skipped as unchanged, are listed in
no plan; the plan of the run that read it says what became of each record.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import polars as pl

from schedulepop.directory.models import Location, LocationCode
from schedulepop.lib.text import fold_code
from schedulepop.sync.models import Run, RunState
from schedulepop.sync.plan.frames.changes import DEFERRED, SCOPE
from schedulepop.sync.plan.guard import FEED_RULE_NAMES
from schedulepop.sync.run.speaking import Heard
from schedulepop.sync.whereis import opened_feeds
from schedulepop.sync.whereis.facts import Doubt, Record
from schedulepop.sync.whereis.opened_feeds import OpenedFeed
from schedulepop.sync.whereis.query import Query
from schedulepop.sync.whereis.score import similarity
from schedulepop.wording import findings
from schedulepop.wording import holds as hold_words

MOST = 60  # records looked at more closely
_SEARCHED = ("name", "email", "phone", "source_id", "employee_number")


@dataclass
class SearchedFeed:
    """A feed with the plan made of it, as far as it speaks: only records of these locations are found in it."""

    run: Run
    opened: OpenedFeed
    about: Callable[[int | None], bool] = lambda _: True
    newer: bool = False  # it speaks nowhere, for it is in doubt or was discarded

    @classmethod
    def all_of(cls, known: Heard) -> list[SearchedFeed]:
        """Those that speak, the newest first, then the newer one that does not."""
        found = [replace(cls.of(one.run), about=one.about) for one in known.speaking]
        if known.newer is not None:
            same = next((one for one in found if one.run.pk == known.newer.pk), None)
            found.append(replace(same or cls.of(known.newer), about=known.doubt.covers, newer=True))
        return found

    @classmethod
    def of(cls, run: Run) -> SearchedFeed:
        """Its plan and feed, read again unless they were a moment ago."""
        return cls(run, opened_feeds.open_feed(run))

    def resembling(self, query: Query, *, loosely: bool = False) -> list[tuple[float, Record]]:
        """Records that resemble the text, most alike first."""
        people = self.opened.people
        like = similarity(people.select(_SEARCHED), query, loosely=loosely, names=self.opened.names)
        found = people.with_columns(like).filter(pl.col("similarity") > 0)
        best = found.sort("similarity", "row", descending=[True, False]).head(MOST)
        pairs = zip(best["similarity"].to_list(), self._records(best), strict=True)
        return [(like, record) for like, record in pairs if self.about(record.location_id)]

    def of_ids(self, ids: Collection[str]) -> list[Record]:
        """The records of these payroll IDs."""
        found = self._records(self.opened.table.filter(pl.col("source_id").is_in(list(ids))))
        return [record for record in found if self.about(record.location_id)]

    def _records(self, rows: pl.DataFrame) -> list[Record]:
        """Record of each row, in their order."""
        numbers = rows["row"].to_list()
        known = {
            one["row"]: one for one in self.opened.records.filter(pl.col("row").is_in(numbers)).to_dicts()
        }
        doubts: dict[int, list[Doubt]] = {}
        for one in self.opened.problems.filter(pl.col("row").is_in(numbers)).iter_rows(named=True):
            doubt = Doubt(one["code"], one["column"] or "", one["value"] or "", findings.message(one))
            doubts.setdefault(one["row"], []).append(doubt)
        found = rows.to_dicts()
        passed_over = [str(row["source_id"] or "").strip() for row in found if row["row"] not in known]
        linked = self._linked(passed_over) if passed_over else frozenset()
        return [
            self._record(row, known.get(row["row"], {}), tuple(doubts.get(row["row"], ())), linked)
            for row in found
        ]

    def _record(
        self,
        row: dict[str, object],
        made: dict[str, object],
        doubts: tuple[Doubt, ...],
        linked: Collection[str],
    ) -> Record:
        location_id = made.get("location_id") or self._place_of(row)
        source_id = str(made.get("source_id") or row.get("source_id") or "").strip()
        bucket, reason = made.get("bucket"), made.get("reason")
        if not made:  # passed over as unchanged: left out once more, or on the list
            rule = row.get("left_out_by")
            bucket, reason = (
                "excluded" if rule or source_id not in linked else "unchanged",
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
            hold=self._doubted(location_id) if self.newer else held,  # type: ignore[arg-type]
            discarded_by=self._discarded_by if held or self.newer else "",
            newer=self.newer,
            about=_about(row),
            number=str(row.get("employee_number") or "").strip(),
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

    def _linked(self, ids: Collection[str]) -> frozenset[str]:
        links = self.run.integration.links.filter(retired_at=None, source_id__in=ids)
        return frozenset(links.values_list("source_id", flat=True))

    @cached_property
    def _discarded_by(self) -> str:
        """Who decided against what the guard held in this run; nothing while it waits."""
        over = self.run.state == RunState.DISCARDED or self.run.rest == Run.Rest.DISCARDED
        return (self.run.decided_by or "somebody") if over else ""

    def _doubted(self, location_id: int | None) -> str:
        """Why the feed is in doubt there."""
        return doubted_by(self.run, location_id)

    @cached_property
    def _holds(self) -> dict[str, str]:
        """Payroll ID → why it is held."""
        holds = self.opened.holds.select("rule", *SCOPE, "params").iter_rows()
        reasons = {tuple(address): hold_words.reason(address[0], params) for *address, params in holds}
        held = self.opened.held.iter_rows()
        apart = hold_words.kept_apart()
        return {
            source_id: apart if address[0] == DEFERRED else reasons.get(tuple(address), "")
            for source_id, *address in held
        }


def doubted_by(run: Run, *location_ids: int | None) -> str:
    """Why a run's feed is in doubt at these locations, in sentences.

    A rule that holds a location and the organization as well is said once: of the one location asked about, else
    of the organization.
    """
    rules: dict[str, list[dict[str, Any]]] = {}
    for hold in run.holds:
        if hold["rule"] in FEED_RULE_NAMES and hold["location_id"] in (None, *location_ids):
            rules.setdefault(hold["rule"], []).append(hold)
    told = []
    for holds in rules.values():
        whole = [one for one in holds if one["location_id"] is None]
        own = [one for one in holds if one["location_id"] is not None]
        told += own if own and (len(location_ids) == 1 or not whole) else whole
    return " ".join(hold_words.reasons(told))


def _about(row: dict[str, object]) -> str:
    """Duty and number, as payroll writes them, for the line below the name."""
    number = str(row.get("employee_number") or "").strip()
    return ", ".join(
        part for part in (str(row.get("duty") or "").strip(), f"No. {number}" if number else "") if part
    )
