"""Whose an email or a phone is now: of a feed's few new ones, so that the guard sees one that changes hands."""

from __future__ import annotations

import polars as pl

from schedulepop.sync.models import Integration
from schedulepop.sync.run import queries


def owners_of(integration: Integration, contacts: pl.DataFrame) -> list[str]:
    """Linked source ids of the people who have one of these emails or phones. `contacts`: columns email, phone."""
    emails = contacts["email"].drop_nulls().str.to_lowercase().unique().sort().to_list()
    phones = contacts["phone"].drop_nulls().unique().sort().to_list()
    if not emails and not phones:
        return []
    given = {"organization": integration.organization_id, "integration": integration.pk}
    rows = queries.rows("snapshot_contact_owners", **given, emails=emails, phones=phones)
    return [str(source_id) for (source_id,) in rows]
