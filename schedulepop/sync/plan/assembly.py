"""What the steps gave, put together as a plan: every record accounted for, every finding listed."""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan import fingerprints
from schedulepop.sync.plan.accounting import count_buckets, list_records
from schedulepop.sync.plan.erased import only_of_others, rows_left_out
from schedulepop.sync.plan.findings import together
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.plan import Plan, PlanInput
from schedulepop.sync.plan.frames.steps import Matched, Missing, Normalized, Verdict
from schedulepop.sync.plan.stopwatch import Stopwatch


def assemble(
    given: PlanInput,
    normalized: Normalized,
    matched: Matched,
    gone: Missing,
    verdict: Verdict,
    released: pl.DataFrame,
    watch: Stopwatch,
) -> Plan:
    """The plan of a feed."""
    file, delta, changes, resolved = given.file, given.delta, verdict.changes, matched.resolved
    records = list_records(normalized, matched.records, changes.rows, changes.pinned_rows)
    known = together([normalized.problems, delta.carried.select(list(PROBLEM))])
    found = [file.feed.problems, known, matched.problems, changes.problems, gone.problems, verdict.problems]
    erased = rows_left_out(normalized.excluded)
    problems = pl.concat(found) if erased.is_empty() else only_of_others(pl.concat(found), erased)
    prints = fingerprints.updated(
        delta.fingerprints,
        normalized.records,
        records,
        problems,
        changes.rows,
        doubted_places=verdict.doubted_places,
    )
    rows = file.feed.table["row"]
    return Plan(
        records=records,
        changes=changes.rows,
        fields=changes.fields,
        problems=problems,
        holds=verdict.holds,
        missing=gone.counters,
        links=pl.concat([links_of(changes.rows), resolved.links]),
        codes=normalized.codes,
        fingerprints=prints if erased.is_empty() else prints.filter(~rows.is_in(erased.implode())),
        carried=fingerprints.findings_to_carry(rows, prints, problems, records, delta.carried),
        counts=count_buckets(records, changes.rows, delta),
        columns=file.columns,
        unknown_columns=file.unknown,
        blank=delta.blank,
        today=given.today,
        source_time=given.source_time,
        short=verdict.short,
        guard_counts=verdict.counts,
        released=released,
        seconds=watch.seconds(),
        extras=changes.extras,
        retired=pl.concat([resolved.retired, gone.retired]),
        id_changes=pl.concat([resolved.id_changes, gone.id_changes]),
        answered=resolved.answered,
        questions=matched.questions,
        suggestions=matched.suggestions,
        status_words=file.counts("status"),
    )


def links_of(changes: pl.DataFrame) -> pl.DataFrame:
    """The links to make for existing people who were found; apply leaves out those whose change is held."""
    found = changes.filter(pl.col("situation") == "found")
    return found.select("source_id", "user_id", pl.lit(False).alias("further")).unique(maintain_order=True)
