"""The file a set-up works on: the last one of the integration that could be read, looked at with its mapping."""

from __future__ import annotations

from dataclasses import dataclass

import zstandard
from django.http import Http404, HttpRequest
from django.utils.timezone import now

from schedulepop.sync.models import Integration, RawFeed
from schedulepop.sync.plan import trial as look
from schedulepop.sync.plan.frames.feed import FileProfile
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.plan.read import columns
from schedulepop.sync.run import feeds
from schedulepop.web.integrations import mapping_draft
from schedulepop.web.integrations.mapping_draft import Draft
from schedulepop.web.shell.roles import ADMINS
from schedulepop.web.shell.visit import Visit, visit_of


@dataclass(frozen=True)
class Setup:
    """One integration, and who sets it up."""

    integration: Integration
    visit: Visit
    draft: Draft | None = None  # what was chosen on these pages and is not saved yet

    @property
    def mapping(self) -> Mapping:
        """What the pages of the set-up show: the draft where there is one."""
        return self.draft.mapping if self.draft else self.saved

    @property
    def saved(self) -> Mapping:
        """What runs go by."""
        return Mapping(**self.integration.mapping)

    @property
    def live(self) -> bool:
        """Whether a changed mapping is looked at before it is saved (SPEC §4): it works on people who are there."""
        return self.integration.first_sync_done and feeds.latest(self.integration) is not None

    @property
    def args(self) -> list[str]:
        """What the addresses of its pages are made of."""
        return [self.integration.organization.slug, self.integration.slug]


def find_setup(request: HttpRequest, visit: Visit, organization: str, slug: str) -> Setup:
    """The integration, or 404 for whoever does not set up this organization."""
    owner = next((one for one in visit.organizations if one.slug == organization), None)
    integration = (
        owner
        and Integration.objects.select_related("organization").filter(organization=owner, slug=slug).first()
    )
    if owner is None or not integration:
        raise Http404
    there = visit_of(request, owner)
    if there is None or there.role not in ADMINS:
        raise Http404
    return Setup(integration, there, mapping_draft.kept(request, integration))


@dataclass(frozen=True)
class OpenedFile:
    """The file of the set-up, and what its columns are."""

    raw: RawFeed
    look: FileProfile
    notes: tuple[str, ...]


def open_file(setup: Setup) -> OpenedFile | None:
    """The newest file under the current mapping; None when there is none yet. Raises NeedsAdmin."""
    raw = feeds.latest(setup.integration)
    if raw is None:
        return None
    raw.integration = setup.integration
    mapping = setup.mapping
    feed = feeds.read_stored(raw, feeds.policy_of(setup.integration), columns=mapping.columns)
    names = [name for name in feed.table.columns if name != "row"]
    recognized = columns.recognize(names, columns.samples(feed.table))
    return OpenedFile(raw, look.profile_feed(feed, mapping), recognized.notes)


def receive_upload(setup: Setup, data: bytes, name: str) -> dict[str, str]:
    """Keeps an uploaded file for the set-up; the columns dropped from it and what they were. Raises NeedsAdmin."""
    _, feed = feeds.receive(setup.integration, data, name=name, source_time=now())
    return feed.dropped


def fetch_from_source(setup: Setup) -> dict[str, str]:
    """The same from the integration's own source. Raises NeedsAdmin or RetryLater."""
    _, feed = feeds.fetch(setup.integration)
    return feed.dropped


def file_content(raw: RawFeed) -> bytes:
    """The kept file itself, as it would be uploaded again."""
    kept = RawFeed.objects.values_list("content", flat=True).get(pk=raw.pk)
    return zstandard.ZstdDecompressor().decompress(bytes(kept or b""), max_output_size=raw.size or 1)
