"""What Client Success reads: 499 homes of 50 people with thirty nights each, beside the large organization."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench import fleet
from bench.lived_in import user_of
from schedulepop import postgres

HOMES, PEOPLE = 499, 50


@dataclass(frozen=True, slots=True)
class Readers:
    """Ids in the database: who looks after all customers, and who leads."""

    client_success: int
    lead: int


def build(urls: postgres.Urls, folder: Path) -> None:
    """The homes, and their nights: every ninth of them on hold, every thirteenth failed, every seventh run late."""
    fleet.build(urls, folder, HOMES, PEOPLE)
    from schedulepop.sync.models import Run

    one = Run.objects.full().filter(state="applied").latest("pk")
    own = {
        "organization_id": "i.organization_id",
        "integration_id": "i.id",
        "number": "100 + night",
        "local_date": "current_date - night",
        "requested_at": "r.requested_at - night * interval '1 day'",
        "started_at": "r.started_at - night * interval '1 day'",
        "finished_at": "r.finished_at - night * interval '1 day'",
        "raw_id": "NULL",
        "plan": "NULL",
        "state": "CASE WHEN night > 1 AND (i.id + night) %% 13 = 0 THEN 'failed' ELSE r.state END",
        "rest": "CASE WHEN night = 1 AND i.id %% 9 = 0 THEN 'waiting' ELSE r.rest END",
    }
    columns = [field.column for field in Run._meta.concrete_fields if not field.primary_key]
    named = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(own.get(column, f'r."{column}"') for column in columns)
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(
            f"INSERT INTO sync_run ({named}) SELECT {values} FROM sync_run r, sync_integration i,"  # type: ignore[arg-type]
            " generate_series(1, 30) AS night WHERE r.id = %s",
            [one.pk],
        )


def assign() -> Readers:
    """Somebody who looks after all of them, and who leads."""
    from schedulepop.accounts.models import Grant, Organization

    vendor = Organization.objects.create(name="SchedulePop", slug="vendor", timezone="UTC", vendor=True)
    client_success, lead = user_of(vendor, "Imogen", "Vance"), user_of(vendor, "Oren", "Castell")
    Grant.objects.bulk_create(
        Grant(user=client_success, role=Grant.CLIENT_SUCCESS, organization=one)
        for one in Organization.objects.filter(vendor=False)
    )
    Grant.objects.create(user=lead, role=Grant.LEAD, organization=vendor)
    return Readers(client_success.pk, lead.pk)
