"""What arrived at an integration's drop address, as its source sees it: the files that a night may be chosen from."""

from __future__ import annotations

import zstandard
from django.db.models import QuerySet

from schedulepop.connectors.contract import Arrived
from schedulepop.connectors.sftp.choosing import FORGOTTEN
from schedulepop.sync.models import Arrival, Integration, RawFeed

MOST = 5_000  # files that one night may be chosen from


def of(integration: Integration) -> tuple[Arrived, ...]:
    """Of what arrived the files as new as the newest, or older by 60 days at most."""
    rows = Arrival.objects.filter(integration=integration).select_related("raw").defer("raw__content")
    newest = rows.order_by("-source_time").values_list("source_time", flat=True).first()
    if newest is None:
        return ()
    return tuple(
        _arrived(one) for one in rows.filter(source_time__gte=newest - FORGOTTEN).order_by("-id")[:MOST]
    )


def whole(integration: Integration, kept: QuerySet[RawFeed]) -> QuerySet[RawFeed]:
    """Of kept feeds those of everybody: where a night is several files, each alone is a part."""
    return kept.filter(arrivals=None) if integration.config.get("each_facility") else kept


def newest_of(integration: Integration) -> Arrival | None:
    """The one that arrived last."""
    return Arrival.objects.filter(integration=integration).order_by("-id").first()


def _arrived(one: Arrival) -> Arrived:
    def content() -> bytes:
        kept, size = RawFeed.objects.values_list("content", "size").get(pk=one.raw_id)
        return zstandard.ZstdDecompressor().decompress(bytes(kept or b""), max_output_size=size or 1)

    return Arrived(one.name, one.size, one.source_time, one.at, one.raw.received, content)
