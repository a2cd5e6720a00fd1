"""A stored feed planned again, without writing: by other rules, or to see whether the plan is still the same.

With another mapping or policy both plans are drawn now, so that the difference is the rules' and not the day's. Without
one the stored plan is compared: a run that has not moved on plans the same again (DESIGN: replay(raw) = stored plan).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
from django.db import transaction
from pydantic import ValidationError

from schedulepop.accounts.actors import Actor
from schedulepop.employee import TELLS_PAY
from schedulepop.sync.errors import NeedsAdmin, NotAllowed, Refused, RetryLater
from schedulepop.sync.integrations import mapping_files
from schedulepop.sync.models import Integration, Run
from schedulepop.sync.plan import comparison as differences
from schedulepop.sync.plan import storage
from schedulepop.sync.plan.frames.feed import Feed
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.run import feeds, report, runs
from schedulepop.sync.run.planner import plan_run


@dataclass(frozen=True, slots=True)
class Replayed:
    """Two plans of one feed, and what they treat differently."""

    run: Run
    before: Plan
    after: Plan
    differences: pl.DataFrame  # differences.DIFFERENCE
    shows_pay: bool
    next_feed: tuple[str, ...] = ()  # columns a tried mapping newly uses, of which no value is kept

    @property
    def same(self) -> bool:
        """Whether both would write the same and hold the same."""
        return self.differences.is_empty()

    @property
    def digest(self) -> str:
        """The hash an approval of the second plan would name."""
        return storage.digest(self.after.changes, self.after.fields)

    def people(self, most: int | None = None) -> list[dict[str, Any]]:
        """Person by person: name, what was planned, what is planned now, and the fields. Pay only for who may see
        it.
        """
        told = differences.entries(self.differences, most)
        for one in told:
            for field in one["fields"]:
                if field["field"] in TELLS_PAY and not self.shows_pay:
                    field["old"] = field["new"] = None
        return told


def try_mapping(
    integration: Integration, mapping: Mapping, *, actor: Actor, beside: Callable[[], None] | None = None
) -> Replayed | None:
    """What a changed mapping would make of the last feed, before it is saved (SPEC §4). None: there is no feed yet.

    A file that was only uploaded to be looked at counts too: a new layout is mapped on it before any run reads it.
    """
    raw = feeds.latest(integration)
    if raw is None:
        return None
    raw.integration = integration
    read_by = integration.runs.full().defer("plan").filter(raw=raw).order_by("-number").first()
    run = read_by or Run(number=0, source_time=raw.source_time)
    run.organization, run.integration, run.raw = integration.organization, integration, raw
    newly = tuple(mapping.naming(raw.not_kept).values())
    feed = _from_source(integration, mapping) if newly else None
    if newly and feed is None:
        kept = {field: column for field, column in mapping.columns.items() if column not in newly}
        mapping = mapping.model_copy(update={"columns": kept})
    tried = replay(run, actor=actor, mapping=mapping, beside=beside, feed=feed)
    return tried if feed else replace(tried, next_feed=newly)


def _from_source(integration: Integration, mapping: Mapping) -> Feed | None:
    """The source's file as it is now; None where there is none to be had."""
    try:
        return feeds.look_again(integration, mapping)
    except (NeedsAdmin, RetryLater):
        return None


def replay(
    run: Run,
    *,
    actor: Actor,
    mapping: Mapping | None = None,
    policy: dict[str, Any] | None = None,
    beside: Callable[[], None] | None = None,
    feed: Feed | None = None,
) -> Replayed:
    """The run's stored feed, or another `feed`, against SchedulePop now. Raises NotAllowed, Refused or NeedsAdmin.

    `beside`: what would be written with the new rules, such as a location's code; it is done for the second plan
    and taken back.
    """
    if not actor.runs_syncs(run.organization):
        raise NotAllowed("Only an admin or Client Success can replay a run.")
    if run.raw is None:
        raise Refused(f"Run {run.number} read no file that is kept, so there is nothing to replay.")
    integration = run.integration
    now = (Mapping(**integration.mapping), feeds.policy_of(integration))
    rules = (mapping or now[0], _policy(now[1], policy))
    changed = mapping is not None or policy is not None
    stored = None if changed else runs.stored_plan(run)
    if not changed and stored is None:
        raise Refused(f"Run {run.number} has no plan to compare with.")
    before = _draw(run, now, feed) if stored is None else stored
    with transaction.atomic():
        if beside is not None:
            beside()
        after = _draw(run, rules, feed)
        transaction.set_rollback(beside is not None)
    return Replayed(
        run=run,
        before=before,
        after=after,
        differences=differences.between(before, after),
        shows_pay=actor.is_admin(run.organization),
    )


def as_json(replayed: Replayed) -> dict[str, Any]:
    """`--json` of `sync replay`."""
    run = replayed.run
    return {
        "run": f"{run.integration}#{run.number}",
        "same": replayed.same,
        "plan": replayed.digest,
        "people": differences.people_in(replayed.differences),
        "differences": replayed.people(),
        "counts": {"before": replayed.before.counts, "after": replayed.after.counts},
        "holds": report.told_holds(replayed.after.holds.iter_rows(named=True)),
    }


def _policy(now: Policy, given: dict[str, Any] | None) -> Policy:
    try:
        return Policy(**{**now.model_dump(), **(given or {})})
    except ValidationError as error:
        raise Refused(mapping_files.sentences(error)) from error


def _draw(run: Run, rules: tuple[Mapping, Policy], feed: Feed | None) -> Plan:
    assert run.raw is not None  # noqa: S101 (refused above)
    feed = feed or feeds.read_stored(run.raw, rules[1], columns=rules[0].columns)
    return plan_run(run, feed, full=True, rules=rules).plan
