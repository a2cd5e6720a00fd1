"""Whom payroll has for a list and who is not on it: what "where is my person?" would answer, before anybody asks.

Records that wait, of the feeds that speak and of a newer one on hold. Left out are a first sync that is being prepared
(there nobody is here yet), who was left out by a rule or has left, and records whose identity is unusable: those name
nobody for sure, and are an issue.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import polars as pl

from schedulepop import employee
from schedulepop.accounts.models import Organization
from schedulepop.directory.models import Membership
from schedulepop.sync.models import Integration, IntegrationState, Link, Run
from schedulepop.sync.plan import storage
from schedulepop.sync.plan.frames.outcomes import RECORD
from schedulepop.sync.run import speaking
from schedulepop.sync.run.speaking import Heard, Speaking


@dataclass(frozen=True, slots=True)
class NotHereYet:
    """One record that led to nobody on the list of its location."""

    name: str
    integration_id: int
    source_id: str
    location_id: int | None  # null: no location carries its code
    reason: str  # issue code or guard rule; empty: the whole feed is on hold
    user_id: int | None = None  # who it is, where that is known: somebody of another location, or who left


def not_here_yet(organization: Organization, places: Collection[int] | None) -> list[NotHereYet]:
    """By name. `places`: ids of locations; None: the whole organization. A few queries an integration."""
    used = Integration.objects.filter(organization=organization).exclude(state=IntegrationState.RETIRED)
    found: list[NotHereYet] = []
    for integration in used.select_related("organization").order_by("pk"):
        if integration.first_sync_done:
            found += _off_the_list(integration, list(_waiting(integration, places)))
    return sorted(found, key=lambda one: (one.name.casefold(), one.source_id))


def _waiting(integration: Integration, places: Collection[int] | None) -> Iterator[NotHereYet]:
    """Records that wait, each payroll ID as the newest feed that speaks says it."""
    seen: set[str] = set()
    for run, where, reason in _feeds(speaking.heard(integration)):
        chosen = pl.col("source_id").is_not_null() & where
        if places is not None:
            chosen &= pl.col("location_id").is_in(list(places))
        for row in _records(run).filter(chosen).iter_rows(named=True):
            if row["source_id"] not in seen:
                seen.add(row["source_id"])
                yield NotHereYet(
                    row["name"] or "",
                    integration.pk,
                    row["source_id"],
                    row["location_id"],
                    row["reason"] or "" if reason is None else reason,
                    row["user_id"],
                )


def _feeds(known: Heard) -> Iterator[tuple[Run, pl.Expr, str | None]]:
    """(run, which of its records are asked for, the reason where it is the same for all)."""
    held = pl.col("bucket") == "held"
    for one in known.speaking:
        yield one.run, held & _spoken_of(one), None
    if known.newer is not None and known.waits:
        everywhere = known.doubt.everywhere
        doubted = pl.lit(True) if everywhere else pl.col("location_id").is_in(list(known.doubt.places))
        yield known.newer, doubted & ~pl.col("bucket").is_in(["excluded", "rejected"]), ""


def _spoken_of(one: Speaking) -> pl.Expr:
    """`Speaking.about` of a frame."""
    if one.only is not None:
        return pl.col("location_id").is_in(list(one.only))
    return ~pl.col("location_id").is_in(list(one.without)).fill_null(value=False)


def _records(run: Run) -> pl.DataFrame:
    blob = Run.objects.values_list("plan", flat=True).get(pk=run.pk)
    return storage.parts(blob, records=RECORD)["records"] if blob else pl.DataFrame(schema=RECORD)


def _off_the_list(integration: Integration, waiting: list[NotHereYet]) -> list[NotHereYet]:
    """Those without a place there by now: an answer may have put them on the list, a hold be about who is on it."""
    if not waiting:
        return []
    ids = [one.source_id for one in waiting]
    links = Link.objects.filter(integration=integration, source_id__in=ids, retired_at=None)
    users = dict(links.values_list("source_id", "user_id"))
    known = {*users.values(), *(one.user_id for one in waiting if one.user_id)}
    members = Membership.objects.filter(organization=integration.organization_id, user__in=known)
    live = set(members.exclude(status__in=employee.ENDED).values_list("user_id", "location_id"))
    return [one for one in waiting if (one.user_id or users.get(one.source_id), one.location_id) not in live]
