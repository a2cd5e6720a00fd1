"""What has to stay although its time is over: what a page, a night or a decision still reads of an integration."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Max

from schedulepop.accounts.models import Organization
from schedulepop.connectors.sftp.choosing import FORGOTTEN
from schedulepop.sync.models import Arrival, Integration, Run
from schedulepop.sync.run import feeds, speaking


@dataclass
class Needed:
    """Ids of runs whose plan is needed, and of feeds; a run that waits for a decision needs no naming."""

    runs: set[int] = field(default_factory=set)
    feeds: set[int] = field(default_factory=set)


def of(organization: Organization) -> Needed:
    """What the organization's integrations still read."""
    found = Needed()
    for one in Integration.objects.filter(organization=organization).select_related("organization"):
        _add(found, one)
    return found


def _add(found: Needed, integration: Integration) -> None:
    known = speaking.heard(integration)
    runs = [one.run for one in known.speaking] + ([known.newer] if known.newer else [])
    if known.speaking:  # "where is" reads what runs at once have said since
        since = integration.runs.filter(number__gt=known.speaking[0].run.number)
        found.runs.update(since.values_list("pk", flat=True))
    found.runs.update(one.pk for one in runs)
    waiting = integration.runs.filter(state__in=_UNDECIDED) | integration.runs.filter(rest=Run.Rest.WAITING)
    last = (feeds.applied_last(integration), feeds.latest(integration))
    found.feeds.update(one.raw_id for one in (*runs, *waiting.defer("plan")) if one.raw_id is not None)
    found.feeds.update(one.pk for one in last if one is not None)
    found.feeds.update(_of_a_night(integration))


_UNDECIDED = ("queued", "running", "planned", "held")


def _of_a_night(integration: Integration) -> list[int]:
    """Files of a drop address that the next night is chosen from (`arrivals.of`)."""
    arrived = Arrival.objects.filter(integration=integration)
    newest = arrived.aggregate(at=Max("source_time"))["at"]
    if newest is None:
        return []
    return list(arrived.filter(source_time__gte=newest - FORGOTTEN).values_list("raw_id", flat=True))
