"""Whose records are those of people who were erased: by a keyed hash of the payroll ID, which names nobody."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from django.utils.crypto import salted_hmac

from schedulepop.sync.models import Integration, Tombstone


def mark_of(integration: int, source_id: str) -> str:
    """What stays of a payroll ID; another integration's mark of the same ID is another one."""
    said = f"{integration}:{source_id}"
    return salted_hmac("schedulepop.sync.tombstones", said, algorithm="sha256").hexdigest()


def erased_in(integration: Integration, ids: Iterable[pl.Series], links: pl.DataFrame) -> frozenset[str]:
    """Of these payroll IDs those of people who were erased; who is linked by one since is somebody who lives."""
    marks = set(Tombstone.objects.filter(integration=integration).values_list("mark", flat=True))
    if not marks:
        return frozenset()
    asked = pl.concat([one.cast(pl.String).rename("source_id") for one in ids]).drop_nulls().unique()
    unlinked = asked.filter(~asked.is_in(links["source_id"].implode()))
    return frozenset(one for one in unlinked if mark_of(integration.pk, one) in marks)
