"""The plan of some people, with everybody as context: what a run at once does (SPEC §4 At once, ADR 0023). Pure.

Who a record is can only be said beside the whole feed and the whole list, so both are read as on any night; but only
the people concerned are changed, guarded and counted. Nobody is missing here, and no counter moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from schedulepop.sync.plan.accounting import count_buckets, list_records
from schedulepop.sync.plan.approval import only_people
from schedulepop.sync.plan.assembly import links_of
from schedulepop.sync.plan.diff import diff
from schedulepop.sync.plan.frames.changes import CHANGE
from schedulepop.sync.plan.frames.feed import FINGERPRINT
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.plan import Plan, PlanInput
from schedulepop.sync.plan.frames.steps import Changes, Matched, Missing, Normalized, Verdict
from schedulepop.sync.plan.guard import FeedFigures, GuardContext, Hold, guard_some
from schedulepop.sync.plan.match import match
from schedulepop.sync.plan.missing import missing
from schedulepop.sync.plan.normalize import normalize
from schedulepop.sync.plan.pipeline import figures_of
from schedulepop.sync.plan.stopwatch import Stopwatch


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom it is about, and what counts besides them."""

    ids: Sequence[str]  # payroll IDs; further ones of the same people are added
    at_once: pl.DataFrame  # AT_ONCE: since the last full run
    standing: Sequence[Hold] = ()  # of a run that waits for a decision
    released: bool = False  # somebody let them go: what stands does not hold whoever is new
    speaks: bool = True  # the feed speaks already; False: it may be in doubt


@dataclass(frozen=True, slots=True)
class SomePlan:
    """The plan, what is stopped without being asked, and the findings with everybody else they name."""

    plan: Plan
    stopped: pl.DataFrame  # CHANGE: under a hold that stands, or of a feed in doubt
    findings: Plan  # the same with every row of the issues that name one of them


def plan_some(given: PlanInput, about: Concerned, watch: Stopwatch | None = None) -> SomePlan:
    """What a run at once would do. `given.delta` looks at every record."""
    watch = watch or Stopwatch()
    file, delta, policy, today = given.file, given.delta, given.policy, given.today
    watch.start("normalize")
    normalized = normalize(file, delta.look_at, given.mapping, policy, given.snapshot)
    watch.start("match")
    matched = match(normalized, delta, given.snapshot, today)
    ids = _with_further_ids(about.ids, matched)
    watch.start("diff")
    nobody_missing = Missing(leaving=matched.reassigned)
    changes = diff(
        normalized,
        matched,
        nobody_missing,
        file.columns,
        policy,
        today,
        encoding_doubted=file.feed.encoding_doubted,
    )
    watch.start("guard")
    figures = figures_of(given, normalized)
    some = Matched(
        matched.snapshot,
        missing_ids=(),
        records=_theirs(matched.records, ids),
        questions=_theirs(matched.questions, ids),
        suggestions=_theirs(matched.suggestions, ids),
    )
    asked = _changes_of(changes, ids, some)
    context = GuardContext(
        asked, matched.snapshot, policy, figures, records=some.records, at_once=about.at_once
    )
    whole = None if about.speaks else _whole(given, normalized, matched, changes, figures)
    fresh = asked.rows.filter((pl.col("verb") == "create") & pl.col("user_id").is_null())
    standing = about.standing if not about.released or fresh.height < asked.rows.height else ()
    verdict, stopped = guard_some(context, whole, standing)
    own = Normalized(
        records=_theirs(normalized.records, ids),
        rejected=_theirs(normalized.rejected, ids),
        excluded=_theirs(normalized.excluded, ids),
        problems=normalized.problems,
        codes=normalized.codes,
    )
    found = pl.concat([normalized.problems, matched.problems, changes.problems])
    return _assembled(
        given, own, replace(some, resolved=matched.resolved), verdict, stopped, found, ids, watch
    )


def _assembled(
    given: PlanInput,
    own: Normalized,
    matched: Matched,
    verdict: Verdict,
    stopped: pl.DataFrame,
    found: pl.DataFrame,
    ids: pl.Series,
    watch: Stopwatch,
) -> SomePlan:
    """The plan of these people, with what is stopped told and not asked."""
    rows, file = pl.concat([verdict.changes.rows, stopped]), given.file
    records = list_records(own, matched.records, rows, verdict.changes.pinned_rows)
    looked = replace(given.delta, read=records.height, skipped=0, skipped_excluded=0)
    going, resolved = ids.filter(~ids.is_in(stopped["source_id"].implode())), matched.resolved
    plan = Plan(
        records=records,
        changes=verdict.changes.rows,
        fields=verdict.changes.fields.join(
            verdict.changes.rows, on="change_no", how="semi", maintain_order="left"
        ),
        problems=pl.concat([_theirs(found, ids), verdict.problems]),
        holds=verdict.holds,
        missing=given.snapshot.missing,
        links=pl.concat([links_of(verdict.changes.rows), resolved.links]),
        codes=own.codes,
        fingerprints=empty(FINGERPRINT),
        counts=count_buckets(records, rows, looked),
        columns=file.columns,
        unknown_columns=file.unknown,
        blank={},
        today=given.today,
        source_time=given.source_time,
        seconds=watch.seconds(),
        extras=verdict.changes.extras,
        retired=resolved.retired,
        id_changes=resolved.id_changes,
        answered=resolved.answered,
        questions=matched.questions,
        suggestions=matched.suggestions,
    )
    return SomePlan(only_people(plan, going), stopped, _with_others(plan, found, ids))


def _with_others(plan: Plan, found: pl.DataFrame, ids: pl.Series) -> Plan:
    """The plan with all findings of the issues that name one of them: a code has one issue, not one a person."""
    named = found.filter(pl.col("source_id").is_in(ids.implode()).fill_null(value=False))
    same = found.join(
        named.select("code", "key").unique(), on=["code", "key"], how="semi", maintain_order="left"
    )
    others = same.filter(~pl.col("source_id").is_in(ids.implode()).fill_null(value=False))
    return replace(plan, problems=pl.concat([plan.problems, others]))


def _with_further_ids(ids: Sequence[str], matched: Matched) -> pl.Series:
    """These payroll IDs with the others of the same people, as if every answer were true already."""
    links = matched.snapshot.links
    asked = pl.Series("source_id", list(ids), dtype=pl.String)
    users = pl.concat(
        [
            links.filter(pl.col("source_id").is_in(asked.implode()))["user_id"],
            matched.records.filter(pl.col("source_id").is_in(asked.implode()))["user_id"].drop_nulls(),
        ]
    )
    further = links.filter(pl.col("user_id").is_in(users.implode()))["source_id"]
    return pl.concat([asked, further]).unique(maintain_order=True)


def _theirs(frame: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    return frame.filter(pl.col("source_id").is_in(ids.implode()).fill_null(value=False))


def _changes_of(changes: Changes, ids: pl.Series, some: Matched) -> Changes:
    """Their changes, and those of whoever had one of their IDs before."""
    rows = _theirs(changes.rows, ids)
    return Changes(
        rows=rows.select(list(CHANGE)),
        fields=changes.fields.join(rows, on="change_no", how="semi", maintain_order="left"),
        extras=changes.extras.join(rows, on="change_no", how="semi", maintain_order="left"),
        overrides=_theirs(changes.overrides, ids),
    )


def _whole(
    given: PlanInput, normalized: Normalized, matched: Matched, changes: Changes, figures: FeedFigures
) -> GuardContext:
    """The feed with everybody, as a night would judge it."""
    gone = missing(normalized, matched, given.delta, given.file.feed.identity, given.policy, given.today)
    return GuardContext(changes, matched.snapshot, given.policy, figures, gone.people, matched.records)
