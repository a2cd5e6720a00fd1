"""An unmapped code, mapped right where the issue about it stands; the people who waited for it are filled at once.

A run at once plans those who waited by the last feed with the new map, through the same guard (ADR 0023).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import polars as pl
from django.db import transaction
from django.db.models import QuerySet

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.directory import actions
from schedulepop.directory.models import Duty, Location, Zone
from schedulepop.employee import Status
from schedulepop.lib import text
from schedulepop.lib.text import whole_number
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Integration, Issue, Run
from schedulepop.sync.plan import storage
from schedulepop.sync.plan.findings import is_cut
from schedulepop.sync.plan.frames.feed import PROBLEM
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.run import at_once_requests as requests
from schedulepop.sync.run import speaking

P = TypeVar("P", Duty, Zone)
KINDS = ("location", "duty", "zone", "status")
OF_PLACES = ("duty", "zone")
_CODE = "unmapped_{}"


class _Targets:
    """What codes can be mapped to, asked once for all issues of a page and only when somebody looks."""

    def __init__(self, organization: int, places: set[int]) -> None:
        self.organization = organization
        self.places = places

    @cached_property
    def locations(self) -> list[Location]:
        return list(Location.objects.filter(organization=self.organization, closed_at=None).order_by("name"))

    @cached_property
    def duties(self) -> dict[int, list[Duty]]:
        return _by_place(Duty.objects.filter(location__in=self.places, merged_into=None).order_by("name"))

    @cached_property
    def zones(self) -> dict[int, list[Zone]]:
        return _by_place(Zone.objects.filter(location__in=self.places, merged_into=None).order_by("name"))


def _by_place(parts: Iterable[P]) -> dict[int, list[P]]:
    found: dict[int, list[P]] = {}
    for one in parts:
        found.setdefault(one.location_id, []).append(one)
    return found


@dataclass(frozen=True, slots=True)
class Unmapped:
    """What an issue about an unmapped code asks to be mapped."""

    issue: Issue
    kind: str
    code: str  # as payroll writes it
    location: Location | None  # where a duty or a zone belongs
    offered: _Targets = field(compare=False, repr=False)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What it can be mapped to: (value, name)."""
        if self.kind == "status":
            return [(status.value, status.label) for status in Status]
        return [(str(one.pk), one.name) for one in self._targets()]

    def _targets(self) -> list[Location] | list[Duty] | list[Zone]:
        if self.kind == "location":
            return self.offered.locations
        place = self.location.pk if self.location else 0
        if self.kind == "duty":
            return self.offered.duties.get(place, [])
        return self.offered.zones.get(place, [])

    def target(self, chosen: str) -> Location | Duty | Zone:
        """By its number, or by its name whatever its case. Raises Refused."""
        found = self._targets()
        wanted = text.fold(chosen)
        for one in found:
            if str(one.pk) == chosen or text.fold(one.name) == wanted:
                return one
        names = ", ".join(one.name for one in found[:10]) or "none yet"
        where = f" {self.location.name} has: {names}." if self.location else f" There are: {names}."
        raise Refused(f"There is no {self.kind} called {chosen}.{where}")


def unmapped(issue: Issue) -> Unmapped | None:
    """What the issue asks to be mapped; None when it is about something else, or about a blank."""
    return of_issues([issue])[0]


def of_issues(issues: Sequence[Issue]) -> list[Unmapped | None]:
    """The same of each issue of one organization, in their order and in one query however many they are."""
    numbers = {issue.pk: _place_of(issue.code, issue.key) for issue in issues}
    wanted = {one for one in numbers.values() if one}
    places: dict[int, Location] = {}
    if wanted:
        places = Location.objects.filter(organization=issues[0].organization_id).in_bulk(wanted)
    offered = _Targets(issues[0].organization_id, set(places)) if issues else _Targets(0, set())
    return [_unmapped(one, places.get(numbers[one.pk]), offered) for one in issues]


def mappable(issues: QuerySet[Issue]) -> list[int]:
    """Keys of those of these issues of one organization that ask for a code, in their order, in two queries."""
    rows = list(issues.values_list("pk", "organization", "code", "key"))
    if not rows:
        return []
    places = set(Location.objects.filter(organization=rows[0][1]).values_list("pk", flat=True))
    return [
        pk
        for pk, _, code, key in rows
        if _kind(code) and key and (_kind(code) not in OF_PLACES or _place_of(code, key) in places)
    ]


def _kind(code: str) -> str:
    """The kind of a code that is not mapped; "" where the issue is about something else."""
    kind = code.removeprefix("unmapped_")
    return kind if kind in KINDS and code != kind else ""


def _place_of(code: str, key: str) -> int:
    """The number of the location that the issue of a duty or a zone is about; 0: none."""
    return (whole_number(key.partition(":")[0]) or 0) if _kind(code) in OF_PLACES else 0


def _unmapped(issue: Issue, place: Location | None, offered: _Targets) -> Unmapped | None:
    kind = _kind(issue.code)
    if not kind:
        return None
    value = next((row.get("value") for row in issue.rows if row.get("value")), None)
    if is_cut(value):
        value = None  # the key has all of it, folded
    if kind in OF_PLACES:
        value = value or issue.key.partition(":")[2]
        if place is None:
            return None
    code = str(value or issue.key)
    return Unmapped(issue, kind, code, place, offered) if code else None


def find(
    organization: Organization, kind: str, code: str, location: Location | None = None
) -> list[Unmapped]:
    """The open issues about this code; several when it is unmapped at several locations."""
    folded = text.fold(code) if kind == "status" else text.fold_code(code)
    rows = Issue.objects.filter(organization=organization, code=_CODE.format(kind), resolved_at=None)
    found = of_issues(list(rows.select_related("integration", "organization")))
    return [
        one
        for one in found
        if one is not None
        and (text.fold(one.code) if kind == "status" else text.fold_code(one.code)) == folded
        and (location is None or one.location in (None, location))
    ]


@transaction.atomic
def map_code(asks: Unmapped, *, to: str = "", create: str = "", actor: Actor) -> str:
    """Maps the code to what `to` names, or to a new location, duty or zone called `create`. Gives its name.

    By admins and Client Success; audited by the action that writes it.
    """
    organization = asks.issue.organization
    if not actor.runs_syncs(organization):
        raise NotAllowed("Only an admin or Client Success can map payroll’s codes.")
    if asks.kind == "status":
        return _map_status(asks, to or create, actor)
    if not create:
        target = asks.target(to)
        actions.map_code(target, asks.code, actor=actor)
        return target.name
    if asks.kind == "location":
        return actions.add_location(organization, create, codes=[asks.code], actor=actor).name
    assert asks.location is not None  # noqa: S101 (duties and zones belong to one)
    add = actions.add_duty if asks.kind == "duty" else actions.add_zone
    return add(asks.location, create, codes=[asks.code], actor=actor).name


def _map_status(asks: Unmapped, chosen: str, actor: Actor) -> str:
    wanted = text.fold(chosen)
    status = next((s for s in Status if chosen == s.value or text.fold(s.label) == wanted), None)
    if status is None:
        raise Refused(
            f"“{chosen}” is not an employment status. There are: {', '.join(s.label for s in Status)}."
        )
    integration = Integration.objects.select_for_update(no_key=True).get(pk=asks.issue.payroll.pk)
    mapping = Mapping(**integration.mapping)
    words = {
        word: meant for word, meant in mapping.statuses.items() if text.fold(word) != text.fold(asks.code)
    }
    changed = mapping.model_copy(update={"statuses": words | {asks.code: status.value}})
    lifecycle.save_mapping(integration, changed, actor=actor)
    return status.label


def people_of(issue: Issue) -> list[str]:
    """The payroll IDs of everybody who waits for the issue's code, by the plans of the feeds that speak."""
    found: set[str] = {row["source_id"] for row in issue.rows if row.get("source_id")}
    for one in speaking.heard(issue.payroll).speaking:
        blob = Run.objects.values_list("plan", flat=True).get(pk=one.run.pk)
        said = storage.parts(blob or b"", problems=PROBLEM)["problems"]
        theirs = said.filter((pl.col("code") == issue.code) & (pl.col("key") == issue.key))
        found |= set(theirs["source_id"].drop_nulls())
    return sorted(found)


def waits_for_decision(issue: Issue) -> bool:
    """Whether a newer feed is on hold where the code of this issue occurs: then a decision about it comes first."""
    known = speaking.heard(issue.payroll)
    return known.waits and known.doubt.covers(issue.location_id)


def fill_waiting(issue: Issue, *, actor: Actor) -> Run | None:
    """A queued run at once about everybody who waits for the issue's code, after it was mapped (SPEC §6).

    None: there is no feed yet, or a newer one waits for a decision where the code occurs; its approval plans by the
    new map.
    """
    if waits_for_decision(issue):
        return None
    return requests.request(issue.payroll, people_of(issue), actor=actor)
