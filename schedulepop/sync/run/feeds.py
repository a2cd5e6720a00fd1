"""Feeds as kept: read once, without sensitive columns and those nobody mapped, compressed."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

import zstandard

from schedulepop.connectors import get
from schedulepop.connectors.contract import Cursor
from schedulepop.employee import PAY_FIELDS
from schedulepop.sync.errors import NeedsAdmin, RetryLater
from schedulepop.sync.models import Fingerprints, Integration, RawFeed, Run
from schedulepop.sync.plan import read
from schedulepop.sync.plan.frames.feed import Feed
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.plan.unchanged_file import UnreadFeed
from schedulepop.sync.run import arrivals, feed_text, queries, sources
from schedulepop.sync.run.feed_text import Received
from schedulepop.sync.run.source_lease import SourceLease


def policy_of(integration: Integration) -> Policy:
    """The integration's numbers and switches, with its organization's switch for CMS codes."""
    return Policy(**{**integration.policy, "cms": integration.organization.cms_codes})


def columns_of(integration: Integration) -> dict[str, str]:
    """The mapping's columns, which help to find the header and to read what is left of a broken row."""
    return dict(integration.mapping.get("columns", {}))


def named_by(integration: Integration) -> frozenset[str]:
    """Columns that rules of the mapping read besides those that give fields."""
    return Mapping(**integration.mapping).named


def retention_of(integration: Integration) -> read.Retention | None:
    """What is kept of columns nobody mapped; everything while an integration is being set up (SPEC §5 Read)."""
    if not integration.first_sync_done:
        return None
    policy = policy_of(integration)
    off = (frozenset() if policy.pay else PAY_FIELDS) | (frozenset() if policy.cms else {"cms_code"})
    return read.Retention(
        Mapping(**integration.mapping), frozenset(integration.last_good.get("columns", ())) - off
    )


def receive(
    integration: Integration, upload: bytes | BinaryIO, *, name: str, source_time: datetime
) -> tuple[RawFeed, Feed]:
    """Reads and keeps an upload in any format. Raises NeedsAdmin when it is none; then only hash and size are kept."""
    file = feed_text.as_file(upload)
    sha256, size = feed_text.sha256_of(file), file.tell()
    try:
        text = feed_text.text_of_file(file, name=name, columns=columns_of(integration).values())
    except NeedsAdmin:
        _store(_raw(integration, name, source_time, sha256, size), None)
        raise
    return keep(integration, Received(text, sha256, name, source_time))


def keep(integration: Integration, came: Received, *, whole: bool = False) -> tuple[RawFeed, Feed]:
    """Reads and keeps what a source gave. Raises NeedsAdmin when it is no feed; then only hash and size are kept.

    `whole`: with columns nobody mapped, until a run has read it.
    """
    raw = _raw(integration, came.name, came.source_time, came.sha256, len(came.text.data))
    raw.received, raw.sheets, raw.stable_id = came.mark, list(came.text.sheets), came.stable_id
    retention = None if whole else retention_of(integration)
    try:
        feed = _read(integration, came, Mapping(**integration.mapping), retention)
    except NeedsAdmin:
        _store(raw, None)
        raise
    raw.kind = feed.kind
    describe(raw, feed)
    return _store(raw, feed.stored), feed


def _read(
    integration: Integration, came: Received, mapping: Mapping, retention: read.Retention | None
) -> Feed:
    feed = read.read(
        came.text.data,
        pay=policy_of(integration).pay,
        name=came.name,
        columns=mapping.columns,
        named=mapping.named,
        sha256=came.sha256 if came.text.as_received and not came.received else None,
        retention=retention,
    )
    return replace(feed, content_hmac=came.mark)


def _raw(integration: Integration, name: str, source_time: datetime, sha256: str, size: int) -> RawFeed:
    return RawFeed(
        organization_id=integration.organization_id,
        integration=integration,
        received=feed_text.content_hmac(sha256),
        sha256=sha256,
        size=size,
        kind="unreadable",
        name=name[:200],
        source_time=source_time,
    )


def fetch(integration: Integration) -> tuple[RawFeed, Feed]:
    """A feed from the connector. Raises NeedsAdmin or RetryLater by what the source said."""
    return keep(integration, _all(integration))


def look_again(integration: Integration, mapping: Mapping) -> Feed:
    """A file of this machine as it is now, read by a mapping that is tried, and not kept. Raises as `fetch` does."""
    if not get(integration.connector).local or get(integration.connector).dropped:
        raise NeedsAdmin("columns_read_later")
    return _read(integration, _all(integration), mapping, None)


def fetch_if_changed(integration: Integration) -> tuple[RawFeed, Feed | UnreadFeed]:
    """Like `fetch`; a file that is byte for byte the one applied last is only read when its plan needs a record."""
    last = applied_last(integration)
    came = ask(integration, cursor=cursor_of(integration, last))
    if came is None:
        assert last is not None  # noqa: S101 (what we said we have)
        return last, UnreadFeed(lambda: _again(integration, last))
    if last is None or last.received != came.mark:
        return keep(integration, came)
    return _seen_at(last, came.source_time), UnreadFeed(lambda: keep(integration, came)[1])


def applied_last(integration: Integration) -> RawFeed | None:
    """The file that was applied last, without its content, as long as it is known."""
    applied = Fingerprints.objects.filter(integration=integration).exclude(content_hmac="")
    known = RawFeed.objects.defer("content").filter(integration=integration)
    return known.filter(received__in=applied.values("content_hmac")).first()


def cursor_of(integration: Integration, last: RawFeed | None) -> Cursor:
    """What a source is told of last time: how new its files were, and its own mark of the one that was applied."""
    at = integration.last_source_time
    return {"source_time": at.isoformat() if at else "", "stable_id": last.stable_id if last else ""}


def _again(integration: Integration, last: RawFeed) -> Feed:
    """The whole file after all: what was kept of it may lack what the rules read by now. Raises RetryLater."""
    came = _all(integration)
    if last.received != came.mark:
        raise RetryLater("file_changed_meanwhile", {"name": came.name})
    return keep(integration, came)[1]


def _all(integration: Integration) -> Received:
    """What the source has now, whatever it had last time."""
    came = ask(integration)
    assert came is not None  # noqa: S101 (a source that was told of nothing has nothing to compare with)
    return came


def ask(
    integration: Integration,
    lease: SourceLease | None = None,
    cursor: Cursor | None = None,
    watch: sources.Watch | None = None,
) -> Received | None:
    """What the source has, as text; None: what it had last time, as the cursor says. Raises as `sources.opened`."""
    with sources.opened(integration, lease, watch=watch) as source:
        files = sources.collected(integration, source, cursor).files
        if not files:
            return None
        columns = columns_of(integration).values()
        return feed_text.together(files, columns=columns, key=feed_text.key_of(source))


def can_fetch(integration: Integration) -> bool:
    """Whether there is a source that can be asked by itself; where there is none, files are uploaded."""
    named = get(integration.connector).source_setting
    return not named or bool(integration.config.get(named))


def latest(integration: Integration) -> RawFeed | None:
    """The last file that could be read and was kept, without its content."""
    kept = RawFeed.objects.defer("content").filter(integration=integration, content__isnull=False)
    return arrivals.whole(integration, kept.order_by("-source_time", "-pk")).first()


def read_stored(raw: RawFeed, policy: Policy, *, columns: dict[str, str] | None = None) -> Feed:
    """A kept feed, read again; `columns`: of a mapping that is tried. Raises NeedsAdmin when only its hash was kept."""
    if raw.content is None:
        raise NeedsAdmin("file_not_kept")
    used = columns_of(raw.integration) if columns is None else columns
    feed = read_kept(raw, policy.pay, used, None)
    return replace(feed, content_hmac=raw.received, not_kept=raw.not_kept)


def read_kept(
    raw: RawFeed,
    pay: bool,
    columns: dict[str, str],
    retention: read.Retention | None,
    without: Collection[int] = (),
) -> Feed:
    """The copy, read again by these rules; `without` some rows, which are blank in what it gives to keep."""
    content = bytes(raw.content or b"")
    data = zstandard.ZstdDecompressor().decompress(content, max_output_size=raw.size or 1)
    named = named_by(raw.integration)
    return read.read(
        data, pay=pay, name=raw.name, columns=columns, named=named, retention=retention, without=without
    )


def describe(raw: RawFeed, feed: Feed) -> None:
    """What the row of a kept feed says of its copy."""
    raw.sha256, raw.size = feed.sha256, len(feed.stored)
    raw.not_kept, raw.spare = feed.not_kept, list(feed.spare)


def feed_of(run: Run) -> Feed | UnreadFeed:
    """The run's feed: the kept one when there is one (an upload, a resumed run), else fetched now."""
    feed: Feed | UnreadFeed
    if run.raw is None:
        run.raw, feed = fetch_if_changed(run.integration)
    else:
        feed = read_stored(run.raw, policy_of(run.integration))
    run.source_time = run.raw.source_time
    if not isinstance(feed, UnreadFeed):  # which one it was is written with what became of the run
        Run.objects.filter(pk=run.pk, fencing_token=run.fencing_token).update(
            raw=run.raw, source_time=run.source_time
        )
    return feed


def _store(raw: RawFeed, content: bytes | None) -> RawFeed:
    """Keeps the feed once by its bytes as they came; read by other rules, they leave another copy in its place."""
    stored = RawFeed.objects.defer("content").filter(integration=raw.integration, received=raw.received)
    found = stored.first()
    if found is None or (content is not None and found.sha256 != raw.sha256):
        queries.write(
            "feed_store",
            organization=raw.organization_id,
            integration=raw.integration_id,
            received=raw.received,
            sha256=raw.sha256,
            size=raw.size,
            content=compress(content) if content is not None else None,
            kind=raw.kind,
            name=raw.name,
            source_time=raw.source_time,
            now=raw.stored_at,
            not_kept=json.dumps(raw.not_kept),
            spare=json.dumps(raw.spare),
            sheets=json.dumps(raw.sheets),
            stable_id=raw.stable_id,
        )
        found = stored.get()
    return _seen_at(found, raw.source_time)


def compress(content: bytes) -> bytes:
    """As the database keeps it."""
    return zstandard.ZstdCompressor(level=1).compress(content)


def _seen_at(kept: RawFeed, source_time: datetime) -> RawFeed:
    """The same content at a later time."""
    if kept.source_time < source_time:
        kept.source_time = source_time
        kept.save(update_fields=["source_time"])
    return kept
