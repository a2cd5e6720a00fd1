"""Feeds as kept: read once, sensitive columns dropped, compressed, content-addressed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from functools import partial

import zstandard
from django.utils.crypto import salted_hmac

from schedulepop.connectors import get
from schedulepop.connectors.contract import ConnectorError, Page, SourceBusyError
from schedulepop.sync.errors import NeedsAdmin, RetryLater
from schedulepop.sync.models import Fingerprints, Integration, RawFeed, Run
from schedulepop.sync.plan import read
from schedulepop.sync.plan.frames.feed import Feed
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.plan.unchanged_file import UnreadFeed
from schedulepop.sync.run import queries


def policy_of(integration: Integration) -> Policy:
    """The integration's numbers and switches, with its organization's switch for CMS codes."""
    return Policy(**{**integration.policy, "cms": integration.organization.cms_codes})


def columns_of(integration: Integration) -> dict[str, str]:
    """The mapping's columns, which help to find the header and to read what is left of a broken row."""
    return dict(integration.mapping.get("columns", {}))


def named_by(integration: Integration) -> frozenset[str]:
    """Columns that rules of the mapping read besides those that give fields."""
    return Mapping(**integration.mapping).named


def receive(
    integration: Integration, data: bytes, *, name: str, source_time: datetime, sha256: str | None = None
) -> tuple[RawFeed, Feed]:
    """Reads and keeps a feed. Raises NeedsAdmin when it is none; then only hash, size and kind are kept."""
    sha256 = sha256 or hashlib.sha256(data).hexdigest()
    raw = RawFeed(
        organization_id=integration.organization_id,
        integration=integration,
        sha256=sha256,
        size=len(data),
        kind="unreadable",
        name=name[:200],
        source_time=source_time,
    )
    pay, columns, named = policy_of(integration).pay, columns_of(integration), named_by(integration)
    try:
        feed = read.read(data, pay=pay, name=name, columns=columns, named=named, sha256=sha256)
    except NeedsAdmin:
        _store(raw, None)
        raise
    raw.sha256, raw.size, raw.kind = feed.sha256, len(feed.stored), feed.kind
    return _store(raw, feed.stored), feed


def content_hmac(sha256: str) -> str:
    """A keyed hash of a file as it came: it recognizes the file, and says nothing of what was dropped from it."""
    return salted_hmac("schedulepop.sync.run.feeds", sha256, algorithm="sha256").hexdigest()


def fetch(integration: Integration) -> tuple[RawFeed, Feed]:
    """A feed from the connector. Raises NeedsAdmin or RetryLater by what the source said."""
    page = _page(integration)
    return receive(integration, page.data, name=page.name, source_time=page.source_time)


def fetch_if_changed(integration: Integration) -> tuple[RawFeed, Feed | UnreadFeed]:
    """Like `fetch`; a file that is byte for byte the one applied last is only read when its plan needs a record."""
    page = _page(integration)
    sha256 = hashlib.sha256(page.data).hexdigest()
    hmac = content_hmac(sha256)
    last = Fingerprints.objects.filter(integration=integration, content_hmac=hmac).values("sha256")
    kept = RawFeed.objects.defer("content").filter(integration=integration, sha256__in=last).first()
    if kept is None:
        raw, feed = receive(
            integration, page.data, name=page.name, source_time=page.source_time, sha256=sha256
        )
        return raw, replace(feed, content_hmac=hmac)
    pay, columns, named = policy_of(integration).pay, columns_of(integration), named_by(integration)
    again = partial(read.read, page.data, pay=pay, name=page.name, columns=columns, named=named)
    return _seen_at(kept, page.source_time), UnreadFeed(lambda: replace(again(), content_hmac=hmac))


def _page(integration: Integration) -> Page:
    connector = get(integration.connector)
    try:
        pages = list(connector.fetch(connector.config(**integration.config), integration.last_source_time))
    except ConnectorError as error:
        raise NeedsAdmin(str(error)) from error
    except SourceBusyError as error:
        raise RetryLater(str(error)) from error
    if len(pages) != 1:
        raise NeedsAdmin("The file came in several parts. Put one export at the path.")
    return pages[0]


def latest(integration: Integration) -> RawFeed | None:
    """The last file that could be read and was kept, without its content."""
    kept = RawFeed.objects.defer("content").filter(integration=integration, content__isnull=False)
    return kept.order_by("-source_time", "-pk").first()


def read_stored(raw: RawFeed, policy: Policy, *, columns: dict[str, str] | None = None) -> Feed:
    """A kept feed, read again; `columns`: of a mapping that is tried. Raises NeedsAdmin when only its hash was kept."""
    if raw.content is None:
        raise NeedsAdmin("This file could not be read, so it was not kept. Upload a payroll export.")
    data = zstandard.ZstdDecompressor().decompress(bytes(raw.content), max_output_size=raw.size or 1)
    used = columns_of(raw.integration) if columns is None else columns
    named = named_by(raw.integration)
    return read.read(data, pay=policy.pay, name=raw.name, columns=used, named=named)


def drop_pay(integration: Integration) -> None:
    """Kept feeds lose their pay columns: the switch is off, down to the raw feed (SPEC §1.6).

    A feed that reads the same without them as another one becomes that one.
    """
    kept = RawFeed.objects.filter(integration=integration, content__isnull=False).order_by("pk")
    for pk in kept.values_list("pk", flat=True):
        raw = RawFeed.objects.select_related("integration").get(pk=pk)
        feed = read_stored(raw, Policy(pay=False))
        if feed.sha256 == raw.sha256:
            continue
        same = RawFeed.objects.filter(integration=integration, sha256=feed.sha256).first()
        if same is not None:
            raw.runs.update(raw=same)
            raw.delete()
            continue
        raw.sha256, raw.size = feed.sha256, len(feed.stored)
        raw.content = _compress(feed.stored)
        raw.save(update_fields=["sha256", "size", "content"])


def feed_of(run: Run) -> Feed | UnreadFeed:
    """The run's feed: the kept one when there is one (an upload, a resumed run), else fetched now."""
    feed: Feed | UnreadFeed
    if run.raw is None:
        run.raw, feed = fetch_if_changed(run.integration)
    else:
        feed = read_stored(run.raw, policy_of(run.integration))
    run.source_time = run.raw.source_time
    Run.objects.filter(pk=run.pk, fencing_token=run.fencing_token).update(
        raw=run.raw, source_time=run.source_time
    )
    return feed


def _store(raw: RawFeed, content: bytes | None) -> RawFeed:
    """Keeps the feed once by its content, which is compressed only where it is new."""
    stored = RawFeed.objects.defer("content").filter(integration=raw.integration, sha256=raw.sha256)
    found = stored.first()
    if found is None:
        queries.write(
            "feed_store",
            organization=raw.organization_id,
            integration=raw.integration_id,
            sha256=raw.sha256,
            size=raw.size,
            content=_compress(content) if content is not None else None,
            kind=raw.kind,
            name=raw.name,
            source_time=raw.source_time,
            now=raw.stored_at,
        )
        found = stored.get()
    return _seen_at(found, raw.source_time)


def _compress(content: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=1).compress(content)


def _seen_at(kept: RawFeed, source_time: datetime) -> RawFeed:
    """The same content at a later time."""
    if kept.source_time < source_time:
        kept.source_time = source_time
        kept.save(update_fields=["source_time"])
    return kept
