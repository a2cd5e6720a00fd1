"""The file a set-up works on: the last one of the integration that could be read, looked at with its mapping."""

from __future__ import annotations

from dataclasses import dataclass

import zstandard
from django.http import Http404, HttpRequest
from django.utils.timezone import now

from schedulepop.sync import columns, feeds, look
from schedulepop.sync.look import Look
from schedulepop.sync.models import Integration, RawFeed
from schedulepop.sync.policy import Mapping
from schedulepop.web import visit as visits
from schedulepop.web.visit import RUNS_SYNCS, Visit


@dataclass(frozen=True)
class Setup:
    """One integration, and who sets it up."""

    integration: Integration
    visit: Visit

    @property
    def mapping(self) -> Mapping:
        return Mapping(**self.integration.mapping)

    @property
    def args(self) -> list[str]:
        """What the addresses of its pages are made of."""
        return [self.integration.organization.slug, self.integration.slug]


def find(request: HttpRequest, visit: Visit, organization: str, slug: str) -> Setup:
    """The integration, or 404 for whoever does not set up this organization."""
    here = next((one for one in visit.organizations if one.slug == organization), None)
    integration = (
        here
        and Integration.objects.select_related("organization").filter(organization=here, slug=slug).first()
    )
    if here is None or not integration:
        raise Http404
    seen = visits.of(request, here)
    if seen is None or seen.role not in RUNS_SYNCS:
        raise Http404
    return Setup(integration, seen)


def newest(integration: Integration) -> RawFeed | None:
    """The last file that could be read and was kept."""
    return (
        RawFeed.objects.defer("content")
        .filter(integration=integration, content__isnull=False)
        .order_by("-source_time", "-pk")
        .first()
    )


@dataclass(frozen=True)
class Opened:
    """The file of the set-up, and what its columns are."""

    raw: RawFeed
    look: Look
    notes: tuple[str, ...]


def opened(setup: Setup) -> Opened | None:
    """The newest file under the current mapping; None when there is none yet. Raises NeedsAdmin."""
    raw = newest(setup.integration)
    if raw is None:
        return None
    raw.integration = setup.integration
    feed = feeds.stored(raw, feeds.policy_of(setup.integration))
    mapping = setup.mapping
    names = [name for name in feed.table.columns if name != "row"]
    recognized = columns.recognize(names, columns.samples(feed.table))
    return Opened(raw, look.at_feed(feed, mapping), recognized.notes)


def received(setup: Setup, data: bytes, name: str) -> dict[str, str]:
    """Keeps an uploaded file for the set-up; the columns dropped from it and what they were. Raises NeedsAdmin."""
    _, feed = feeds.receive(setup.integration, data, name=name, source_time=now())
    return feed.dropped


def fetched(setup: Setup) -> dict[str, str]:
    """The same from the integration's own source. Raises NeedsAdmin or RetryLater."""
    _, feed = feeds.fetch(setup.integration)
    return feed.dropped


def content(raw: RawFeed) -> bytes:
    """The kept file itself, as it would be uploaded again."""
    kept = RawFeed.objects.values_list("content", flat=True).get(pk=raw.pk)
    return zstandard.ZstdDecompressor().decompress(bytes(kept or b""), max_output_size=raw.size or 1)
