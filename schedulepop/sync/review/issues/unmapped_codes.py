"""An unmapped code, mapped right where the issue about it stands; the people who waited for it are filled at once.

The last feed is planned again with the new map, as an ordinary run with the guard on (ADR 0010). Nobody has to
wait for tonight, and nothing about it is a rule of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization
from schedulepop.directory import actions
from schedulepop.directory.models import Duty, Location, Zone
from schedulepop.employee import Status
from schedulepop.lib import text
from schedulepop.sync.errors import NotAllowed, Refused
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Integration, Issue, RawFeed, Run, RunState, Trigger
from schedulepop.sync.plan.findings import is_cut
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.run import runs

AT_ONCE_BYTES = 2_000_000  # a kept feed up to this size is planned again while the person waits
KINDS = ("location", "duty", "zone", "status")
_CODE = "unmapped_{}"


@dataclass(frozen=True, slots=True)
class Unmapped:
    """What an issue about an unmapped code asks to be mapped."""

    issue: Issue
    kind: str
    code: str  # as payroll writes it
    location: Location | None  # where a duty or a zone belongs

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What it can be mapped to: (value, name)."""
        if self.kind == "status":
            return [(status.value, status.label) for status in Status]
        return [(str(one.pk), one.name) for one in self._targets()]

    def _targets(self) -> list[Location] | list[Duty] | list[Zone]:
        if self.kind == "location":
            owner = self.issue.organization_id
            return list(Location.objects.filter(organization=owner, closed_at=None).order_by("name"))
        if self.kind == "duty":
            return list(Duty.objects.filter(location=self.location).order_by("name"))
        return list(Zone.objects.filter(location=self.location).order_by("name"))

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
    kind = issue.code.removeprefix("unmapped_")
    if kind not in KINDS or issue.code == kind:
        return None
    value = next((row.get("value") for row in issue.rows if row.get("value")), None)
    if is_cut(value):
        value = None  # the key has all of it, folded
    location = None
    if kind in ("duty", "zone"):
        place, _, folded = issue.key.partition(":")
        value = value or folded
        location = (
            Location.objects.filter(organization=issue.organization_id, pk=int(place)).first()
            if place.isdigit()
            else None
        )
        if location is None:
            return None
    code = str(value or issue.key)
    return Unmapped(issue, kind, code, location) if code else None


def find(
    organization: Organization, kind: str, code: str, location: Location | None = None
) -> list[Unmapped]:
    """The open issues about this code; several when it is unmapped at several locations."""
    folded = text.fold(code) if kind == "status" else text.fold_code(code)
    rows = Issue.objects.filter(organization=organization, code=_CODE.format(kind), resolved_at=None)
    found = [
        one
        for issue in rows.select_related("integration", "organization")
        if (one := unmapped(issue)) is not None
    ]
    return [
        one
        for one in found
        if (text.fold(one.code) if kind == "status" else text.fold_code(one.code)) == folded
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
    integration = Integration.objects.select_for_update(no_key=True).get(pk=asks.issue.integration_id)
    mapping = Mapping(**integration.mapping)
    words = {
        word: meant for word, meant in mapping.statuses.items() if text.fold(word) != text.fold(asks.code)
    }
    changed = mapping.model_copy(update={"statuses": words | {asks.code: status.value}})
    lifecycle.save_mapping(integration, changed, actor=actor)
    return status.label


def last_feed(integration: Integration) -> RawFeed | None:
    """The feed that is planned again: that of the newest run which counted; None before the first sync is done."""
    if not integration.first_sync_done:
        return None
    ran = integration.runs.filter(
        preview=False, undo_of=None, raw__content__isnull=False, state__in=[RunState.APPLIED, RunState.HELD]
    )
    newest = ran.select_related("raw").defer("plan", "raw__content").order_by("-number").first()
    return newest.raw if newest else None


def fill_waiting(integration: Integration, *, actor: Actor) -> Run | None:
    """Plans the last feed again after a code was mapped, so that the people waiting for it are filled (SPEC §6).

    A feed of usual size at once; a large one is left queued for the worker's next sweep. None: there is no feed
    yet, or a run is under way, which the next one follows.
    """
    feed = last_feed(integration)
    if feed is None:
        return None
    try:
        run = runs.request(integration, trigger=Trigger.MANUAL, actor=actor, feed=feed)
    except Refused:
        return None
    return run if feed.size > AT_ONCE_BYTES else runs.drive(run.pk)
