"""A run as one reader may see it: admins and Client Success all of it, managers their locations' part.

Everything of the run pages is read here, so that no view can show a manager another building's people.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.timezone import now

from schedulepop.directory.models import Duty, Location, Membership, Zone
from schedulepop.sync.models import Link, Run
from schedulepop.sync.plan.frames.changes import DEFERRED
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.review import at_once, list_status
from schedulepop.sync.run import runs
from schedulepop.sync.run.headline import Headline, headline
from schedulepop.web.runs import applied_plan, plan_groups
from schedulepop.web.runs.plan_people import Names
from schedulepop.web.runs.waiting import Waiting
from schedulepop.web.shell.roles import MANAGERS
from schedulepop.web.shell.visit import Visit, visit_of
from schedulepop.web.templatetags.words import time_words
from schedulepop.wording import findings

_BUCKET_OF = {
    "join": "created",
    "change": "updated",
    "return": "reactivated",
    "move": "transferred",
    "lose": "deactivated",
}


@dataclass(frozen=True)
class VisibleRun:
    """One run, who reads it, and what of it they may see."""

    run: Run
    visit: Visit
    locations: frozenset[int] | None  # None: everything

    @property
    def sees_all(self) -> bool:
        """Whether the reader sees the organization's whole run."""
        return self.locations is None

    @property
    def may_approve(self) -> bool:
        """Whether the reader may approve what waits: the first sync is Client Success's alone."""
        if not self.run.integration.first_sync_done:
            return self.visit.actor.approves_first_sync(self.run.organization)
        return self.visit.actor.runs_syncs(self.run.organization)

    @property
    def may_discard(self) -> bool:
        return self.visit.actor.runs_syncs(self.run.organization)

    @cached_property
    def plan(self) -> Plan | None:
        """The stored plan; for an old run without one, what it applied."""
        return runs.stored_plan(self.run) or applied_plan.as_plan(self.run)

    @cached_property
    def changes(self) -> pl.DataFrame:
        """The plan's changes the reader may see, with their groups. Empty without a plan."""
        if self.plan is None:
            return pl.DataFrame(schema={"key": pl.String, "kind": pl.String})
        asked = self.plan.changes.filter(
            (pl.col("held_by") != DEFERRED).fill_null(True)
        )  # who is kept apart stands alone
        return plan_groups.with_keys(plan_groups.at_locations(asked, self.locations))

    @cached_property
    def problems(self) -> pl.DataFrame:
        """What the run found about rows and columns; holds are told elsewhere."""
        if self.plan is None:
            return empty(PROBLEM)
        found = self.plan.problems.filter(pl.col("row").is_not_null() | pl.col("column").is_not_null())
        if self.sees_all:
            return found
        return found.filter(pl.col("location_id").is_in(list(self.locations or ())))

    def with_messages(self, problems: pl.DataFrame) -> list[dict[str, Any]]:
        """Problems with their sentence as `message`; to a manager nobody of another location is named."""
        if self.sees_all or self.plan is None:
            return [one | {"message": findings.message(one)} for one in problems.iter_rows(named=True)]
        rows = problems["row"].drop_nulls().implode()
        names = dict(self.plan.records.filter(pl.col("row").is_in(rows)).select("row", "name").iter_rows())
        return [
            one | {"message": findings.for_managers(one, names.get(one["row"]))}
            for one in problems.iter_rows(named=True)
        ]

    @cached_property
    def waiting(self) -> Waiting:
        """What waits for a decision: the held part, or all of a plan that was not applied."""
        if self.plan is None:
            return Waiting()
        return plan_groups.waiting(self.changes)

    @cached_property
    def headline(self) -> Headline:
        """What may be said of the run where it changes nobody the reader sees."""
        return headline(list_status.facts_of_run(self.run, self.plan, self.locations))

    def when(self, at: datetime | None) -> str:
        """A time as it stands in a sentence, in the reader's zone: `at 2:14 this morning`."""
        zone = self.visit.zone
        return time_words(at.astimezone(zone), now().astimezone(zone), "at") if at else ""

    @property
    def counts(self) -> dict[str, int]:
        """The run's counts; a manager's are those of the people they see."""
        if self.sees_all:
            return dict(self.run.counts)
        tally = plan_groups.tally(self.changes) if self.plan is not None else {}
        counts = {bucket: tally.get(kind, 0) for kind, bucket in _BUCKET_OF.items()}
        return counts | {"held": sum(n for key, n in tally.items() if key.startswith("held-"))}

    @property
    def holds(self) -> list[dict[str, Any]]:
        """The guard's holds; an organization's reason names people of every building, so managers get theirs only."""
        if self.sees_all:
            return list(self.run.holds)
        return [hold for hold in self.run.holds if hold.get("location_id") in (self.locations or ())]

    def names(self, source_ids: Iterable[str] = (), *, part: pl.DataFrame | None = None) -> Names:
        """The names behind the ids of these changes."""
        part = self.changes.head(0) if part is None else part
        organization = self.run.organization
        links = dict(
            Link.objects.filter(
                integration=self.run.integration_id, source_id__in=list(source_ids)
            ).values_list("source_id", "user_id")
        )
        users = {*_ids(part, "user_id"), *links.values()}
        members = Membership.objects.filter(organization=organization, user__in=users)
        if not self.sees_all:
            members = members.filter(location__in=self.locations or ())
        known = list(members.values_list("user_id", "location_id", "role"))
        return Names(
            locations={
                one.pk: one.name
                for one in Location.objects.filter(organization=organization)
                if self.locations is None or one.pk in self.locations
            },
            duties=dict(Duty.objects.filter(pk__in=_ids(part, "duty_id")).values_list("pk", "name")),
            zones=dict(Zone.objects.filter(pk__in=_ids(part, "zone_id")).values_list("pk", "name")),
            managers={(user, place) for user, place, role in known if role == Membership.MANAGER},
            sees_pay=self.visit.actor.is_admin(organization),
            sees_all=self.sees_all,
            profiles={user for user, _, _ in known},
            links=links,
        )


def _ids(part: pl.DataFrame, column: str) -> list[int]:
    return part[column].drop_nulls().unique().to_list() if column in part.columns else []


def visible_run(request: HttpRequest, visit: Visit, pk: int) -> VisibleRun:
    """The run, or 404 for whoever may not know that it exists."""
    readable = Run.objects.select_related("integration__organization", "organization", "raw").defer(
        "plan", "raw__content"
    )
    run = get_object_or_404(readable, pk=pk, organization__in=[one.pk for one in visit.organizations])
    there = visit_of(request, run.organization)
    if there is None or there.role not in MANAGERS:
        raise Http404
    if run.is_at_once and not at_once.may_watch(run, there.actor):
        raise Http404
    locations = None if there.runs_syncs else frozenset(one.pk for one in there.locations)
    return VisibleRun(run, there, locations)
