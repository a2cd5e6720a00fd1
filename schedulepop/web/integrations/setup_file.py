"""The file a set-up works on: the last one of the integration that could be read, looked at with its mapping."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import BinaryIO

import zstandard
from django.http import Http404, HttpRequest
from django.utils.timezone import now

from schedulepop.connectors import get, offers
from schedulepop.sync.models import Integration, RawFeed
from schedulepop.sync.plan import file_profiles
from schedulepop.sync.plan import trial as look
from schedulepop.sync.plan.file_profiles import NOBODYS, Proposal
from schedulepop.sync.plan.frames.feed import Feed, FileProfile, Note
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
    report: Proposal = NOBODYS  # whose report its file is

    @property
    def mapping(self) -> Mapping:
        """What the pages of the set-up show: the draft where there is one, else what is proposed or saved."""
        if self.draft:
            return self.draft.mapping
        if self.report.mapping is not None and not self.saved.columns:
            return self.report.mapping
        return self.saved.model_copy(update={"columns": self.proposed}) if self.proposed else self.saved

    @property
    def proposed(self) -> dict[str, str]:
        """The columns that the connector or the file's profile proposes, until somebody saved some."""
        if self.saved.columns:
            return {}
        if self.report.mapping is not None:
            return dict(self.report.mapping.columns)
        return dict(get(self.integration.connector).proposed)

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
    notes: tuple[Note, ...]
    setup: Setup  # with whose report it is


def open_file(setup: Setup) -> OpenedFile | None:
    """The newest file under the current mapping; None when there is none yet. Raises NeedsAdmin."""
    raw = feeds.latest(setup.integration)
    if raw is None:
        return None
    raw.integration = setup.integration
    feed = feeds.read_stored(raw, feeds.policy_of(setup.integration), columns=setup.mapping.columns)
    setup = replace(setup, report=_report(setup, feed))
    names = [name for name in feed.table.columns if name != "row"]
    recognized = columns.recognize(names, columns.samples(feed.table))
    return OpenedFile(raw, look.profile_feed(feed, setup.mapping), recognized.notes, setup)


def _report(setup: Setup, feed: Feed) -> Proposal:
    """Whose report it is; a platform's own feed is nobody's."""
    if offers.is_platform(get(setup.integration.connector)):
        return NOBODYS
    return file_profiles.proposal(feed)


def receive_upload(setup: Setup, upload: BinaryIO, name: str) -> dict[str, str]:
    """Keeps an uploaded file for the set-up; the columns dropped from it and what they were. Raises NeedsAdmin."""
    _, feed = feeds.receive(setup.integration, upload, name=name, source_time=now())
    return feed.dropped


def fetch_from_source(setup: Setup) -> dict[str, str]:
    """The same from the integration's own source. Raises NeedsAdmin or RetryLater."""
    _, feed = feeds.fetch(setup.integration)
    return feed.dropped


def file_content(raw: RawFeed) -> bytes:
    """The kept file itself, as it would be uploaded again."""
    kept = RawFeed.objects.values_list("content", flat=True).get(pk=raw.pk)
    return zstandard.ZstdDecompressor().decompress(bytes(kept or b""), max_output_size=raw.size or 1)
