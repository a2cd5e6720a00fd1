"""How lists stand beside payroll now: the facts behind a headline, gathered from integrations, runs and issues."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.db.models import Count, Q

from schedulepop.sync.integrations import schedule
from schedulepop.sync.models import Integration, IntegrationState, Issue, Run, RunState, Trigger
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.guard import DOUBTS_FEED
from schedulepop.sync.run import feeds, runs, speaking
from schedulepop.sync.run.headline import Facts, Feed, Headline, Source, headline, open_counts, weightiest

_STATES = {
    IntegrationState.PAUSED: Source.PAUSED,
    IntegrationState.FIRST_APPLIED: Source.NOT_SWITCHED_ON,
    IntegrationState.DISABLED: Source.SWITCHED_OFF,
}
RUNNING_STATES = (IntegrationState.ACTIVE, IntegrationState.QUARANTINED)
Places = Collection[int] | None  # ids of locations; None: the whole organization


@dataclass(frozen=True, slots=True)
class ListStatus:
    """The headline of some lists, and the integration it is about; none where payroll is not connected."""

    headline: Headline
    integration: Integration | None
    facts: Facts | None


def of_lists(integrations: Collection[Integration], places: Places, at: datetime) -> ListStatus:
    """Of several integrations the one that matters most; one being prepared only when there is no other."""
    live = synced(integrations)
    known = {one.pk: facts(one, places, at) for one in live}
    said = {pk: headline(found) for pk, found in known.items()}
    first = weightiest(list(said.values()))
    of = next((one for one in live if said[one.pk] == first), None)
    return ListStatus(first, of, known[of.pk] if of else None)


def synced(integrations: Collection[Integration]) -> list[Integration]:
    """Those whose first sync is done, the one that has been silent longest first: it says how fresh a list is."""
    live = [one for one in integrations if one.first_sync_done and one.last_success_at is not None]
    return sorted(live, key=lambda one: one.last_success_at or one.created_at)


def facts(integration: Integration, places: Places, at: datetime) -> Facts:
    """What is so now at these locations, as far as this integration fills them."""
    source = source_of(integration, at)
    newest = speaking.newest(integration)
    questions, issues = open_issues(integration, places)
    if newest is None:
        return Facts(source, Feed.NONE, questions=questions, issues=issues)
    feed = feed_of(newest, places)
    if feed is Feed.APPLIED and _newer_plan(newest):
        feed = Feed.PLANNED
    return Facts(source, feed, people_on_hold(newest, places), questions, issues)


def facts_of_run(run: Run, plan: Plan | None, places: Places) -> Facts:
    """What one run's plan leaves open at these locations; of the newest also what was open before it."""
    if run.state == RunState.FAILED:
        return Facts(Source.FAILED, Feed.NONE)
    source = Source.FRESH if run.integration.first_sync_done else Source.PREPARING
    if run.source_time is not None and schedule.is_old(run.integration, run.source_time, run.requested_at):
        source = Source.OLD
    feed = Feed.NONE if run.trigger == Trigger.EFFECTIVE else feed_of(run, places)
    feed = Feed.APPLIED if feed is Feed.PLANNED else feed  # what it would change it says itself
    questions, issues = open_counts(_problems(plan, places)) if plan is not None else (0, 0)
    if not run.is_at_once and not run.integration.runs.full().filter(number__gt=run.number).exists():
        before = open_issues(run.integration, places)
        questions, issues = max(questions, before[0]), max(issues, before[1])
    held = 0 if run.decided_by or plan is None else _at(plan.held, places)["source_id"].n_unique()
    return Facts(source, feed, held, questions, issues)


def _problems(plan: Plan, places: Places) -> dict[str, int]:
    """Findings by code; those of people at other locations are left out."""
    found = plan.problems
    if places is not None:
        found = found.filter(pl.col("location_id").is_null() | pl.col("location_id").is_in(list(places)))
    return dict(found.group_by("code").len().iter_rows())


def _at(changes: pl.DataFrame, places: Places) -> pl.DataFrame:
    return changes if places is None else changes.filter(pl.col("location_id").is_in(list(places)))


def source_of(integration: Integration, at: datetime) -> Source:
    """How its source stands now."""
    if not integration.first_sync_done or integration.last_success_at is None:
        return Source.PREPARING
    state = IntegrationState(integration.state)
    if state in _STATES:
        return _STATES[state]
    if integration.failing_since is not None or state == IntegrationState.QUARANTINED:
        return Source.FAILED
    if feeds.can_fetch(integration) and at - integration.last_success_at > schedule.LATE_AFTER:
        return Source.SILENT
    written = schedule.newest_data(integration)
    return Source.OLD if written and schedule.is_old(integration, written, at) else Source.FRESH


def feed_of(run: Run, places: Places) -> Feed:
    """What became of its feed at these locations."""
    doubted = speaking.doubt_of(run.holds, DOUBTS_FEED).touches(places)
    if run.state == RunState.UNDONE or _undone_in_part(run):
        return Feed.DISCARDED
    if run.rest == Run.Rest.DISCARDED or run.state == RunState.DISCARDED:
        return Feed.DISCARDED if doubted or _held_people(run, places) else Feed.APPLIED
    if doubted and (run.state in (RunState.HELD, RunState.PLANNED) or run.rest == Run.Rest.WAITING):
        return Feed.HELD
    if run.state == RunState.PLANNED:
        return Feed.PLANNED
    short = speaking.doubt_of(run.holds, {"short"}).touches(places)
    return Feed.ACCEPTED if short else Feed.APPLIED


def people_on_hold(run: Run, places: Places) -> int:
    """People of these locations whose change waits in the run for a decision."""
    return _held_people(run, places) if runs.is_waiting(run) and run.state != RunState.PLANNED else 0


def _held_people(run: Run, places: Places) -> int:
    plan = runs.stored_plan(run)
    if plan is None:
        return 0
    return _at(plan.held, places)["source_id"].n_unique()


def _undone_in_part(run: Run) -> bool:
    """Somebody took back what it did to one person, and no run has had payroll's word since."""
    return run.undone_by.exists()


def open_issues(integration: Integration, places: Places) -> tuple[int, int]:
    """(questions, issues that leave somebody absent or wrong); what is tied to no location may concern any."""
    found = Issue.objects.filter(integration=integration, resolved_at=None)
    if places is not None:
        found = found.filter(Q(location__in=places) | Q(location=None))
    return open_counts(dict(found.values_list("code").annotate(n=Count("pk"))))


def _newer_plan(newest: Run) -> bool:
    plans = newest.integration.runs.full().filter(number__gt=newest.number, state=RunState.PLANNED)
    return any(runs.is_waiting(one) for one in plans.defer("plan", "summary"))
