"""The cheap check before anybody is read: most nights its answer is that no record needs a look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from schedulepop.lib import sql
from schedulepop.sync.models import Integration
from schedulepop.sync.run import queries


@dataclass(frozen=True, slots=True)
class ChangeProbe:
    """Answers of one round trip."""

    codes: str  # one hash over every code map, duty and open location
    dirty_links: list[
        tuple[int, str, int]
    ]  # (link id, source id, version) of people written since the last run
    missing_ids: list[str]  # source ids the last feeds did not carry
    pending_ids: list[str]  # source ids with an answer that no run has applied
    shared_ids: list[str]  # of people who have, or are about to have, more than one: compared together
    rules_hash: str | None  # of the last run; None: it left nothing
    blob: bytes | None  # fingerprints.pack; for the same file again unchanged_file.pack
    compared_on: date | None  # when everybody was compared last
    people: str  # `people_hash` after the last run; empty: of a large feed
    people_now: str | None  # the same at this moment, where there was one after the last run

    @property
    def quiet(self) -> bool:
        """Nobody was written, is missing, or has an answer."""
        return not (self.dirty_links or self.missing_ids or self.pending_ids or self.shared_ids)


def probe_changes(integration: Integration, *, same: bool = False) -> ChangeProbe:
    """`same`: the file is the one applied last, so its cached reading is wanted instead of the fingerprints."""
    everybody = sql.load("schedulepop.sync", "snapshot_people_hash")
    with connection.cursor() as cursor:
        cursor.execute(
            sql.load("schedulepop.sync", "snapshot_probe").replace("{everybody}", everybody),
            {"organization": integration.organization_id, "integration": integration.pk, "same": same},
        )
        row = cursor.fetchall()[0]
    codes, dirty_links, missing, pending, shared, *left = row
    return ChangeProbe(
        codes, [tuple(link) for link in dirty_links or ()], missing or [], pending or [], shared or [], *left
    )


def people_hash(integration: Integration) -> str:
    """One hash over everybody of the organization, as far as payroll can touch them."""
    return str(queries.rows("snapshot_people_hash", organization=integration.organization_id)[0][0])
