"""A file that arrives at a drop address: read and kept as a feed, judged, and from when on a run is due for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from schedulepop.connectors import get
from schedulepop.connectors.contract import ConnectorError, SourceBusyError
from schedulepop.connectors.drop import night
from schedulepop.connectors.received_files import source_time
from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.models import Arrival, DropAddress, Integration, IntegrationState, RawFeed
from schedulepop.sync.plan import trial
from schedulepop.sync.plan.frames.feed import Feed
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.run import arrivals, feed_text, feeds, secret_values
from schedulepop.sync.run.feed_text import Received

RUNS_BY_ITSELF = (IntegrationState.ACTIVE, IntegrationState.QUARANTINED)
AHEAD = timedelta(days=1)  # a file dated further ahead would make every later one look old
AGAIN = timedelta(hours=1)  # within which the same bytes without a date of their own are the same sending


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is said of a file that arrived: counts and column names, no values. `again`: it had arrived before."""

    arrival: Arrival
    columns: tuple[str, ...]
    dropped: tuple[str, ...]  # columns that are never kept
    again: bool = False
    waits_until: datetime | None = None  # while other facilities' files are not there


def receive(
    integration: Integration, data: bytes, *, name: str, at: datetime, dated: datetime | None = None
) -> Receipt:
    """Reads and keeps a file, and says from when on a run is due. `dated`: how old its data is, where the sender says.

    Raises NeedsAdmin, with counts, when it is no payroll export, or none that a run could use; then nothing is kept.
    """
    written = str(integration.config.get("date_in_name") or "")
    when = _source_time(name, written, dated, at)
    sha256 = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        raw, feed = _keep(integration, data, name, when, sha256)
        columns = tuple(column for column in feed.table.columns if column != "row")
        _must_be_usable(integration, feed, name)
        address = DropAddress.objects.select_for_update().get(integration=integration)
        before = _same_sending(raw, name, when, dated=bool(written or dated))
        if before is not None:
            return Receipt(before, columns, tuple(feed.dropped), again=True)
        arrival = Arrival.objects.create(
            organization_id=integration.organization_id,
            integration=integration,
            raw=raw,
            name=name,
            size=len(data),
            records=feed.table.height + feed.broken_rows.height,
            source_time=when,
            at=at,
        )
        waits = _waits_until(integration, at)
        address.run_at = waits or at
        address.save(update_fields=["run_at"])
    return Receipt(arrival, columns, tuple(feed.dropped), waits_until=waits)


def is_awaiting(integration: Integration, at: datetime) -> bool:
    """Whether a night has begun to arrive and is not complete: what is there is not read before."""
    return DropAddress.objects.filter(integration=integration, run_at__gt=at).exists()


def _keep(
    integration: Integration, data: bytes, name: str, when: datetime, sha256: str
) -> tuple[RawFeed, Feed]:
    """As a feed, with the columns nobody mapped: a run reads it later."""
    secret = integration.secrets.filter(name="pgp_key").first()
    key = secret_values.open_(integration, secret) if secret else ""
    text = feed_text.text_of(data, name=name, columns=feeds.columns_of(integration).values(), key=key)
    came = Received(text, sha256, name, when, feed_text.content_hmac(sha256))
    return feeds.keep(integration, came, whole=True)


def _same_sending(raw: RawFeed, name: str, when: datetime, *, dated: bool) -> Arrival | None:
    """The newest arrival of this name, where it is these bytes: a job that tries again, not another night."""
    last = Arrival.objects.filter(integration=raw.integration_id, name=name).order_by("-id").first()
    if last is None or last.raw_id != raw.pk:
        return None
    again = last.source_time == when if dated else when - last.source_time < AGAIN
    return last if again else None


def _waits_until(integration: Integration, at: datetime) -> datetime | None:
    """Until when the other facilities' files are waited for; None: the night is complete, or waited for no longer."""
    settings = get(integration.connector).config(**integration.config)
    last = integration.last_source_time
    since = last.isoformat() if last else ""
    try:
        night(arrivals.of(integration), **settings.model_dump(), since=since, now=at)
    except SourceBusyError as error:
        return error.retry_at
    except ConnectorError:
        return None  # the run says which are missing
    return None


def _source_time(name: str, written: str, dated: datetime | None, at: datetime) -> datetime:
    try:
        when = dated or source_time(name, written, at)
    except ConnectorError as error:
        raise NeedsAdmin("source_says", {"text": str(error)}) from error
    if when > at + AHEAD:
        raise NeedsAdmin("file_dated_ahead", {"name": name, "at": f"{when:%Y-%m-%d %H:%M}"})
    return when


def _must_be_usable(integration: Integration, feed: Feed, name: str) -> None:
    """A file without the payroll ID is refused at the door, once somebody has said which column that is."""
    mapping = Mapping(**integration.mapping)
    if not integration.first_sync_done or "source_id" in trial.profile_feed(feed, mapping).columns:
        return
    about = {
        "name": name,
        "records": feed.table.height,
        "columns": len(feed.table.columns) - 1,
        "wanted": mapping.columns.get("source_id"),
    }
    raise NeedsAdmin("file_without_id", about, code="id_column_missing")
