"""The ground both stand on: a server of the bench's own, and a template with an organization ready for a feed.

Locations, duties, zones, their payroll codes and the integration exist before anything is measured. Every round
works on a fresh clone of the template, so that no round profits from or pays for the one before.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench import generator
from schedulepop import postgres
from schedulepop.postgres import privileges

TEMPLATE = "bench_template"
TIMEZONE = "America/Chicago"


@dataclass(frozen=True, slots=True)
class Ground:
    """Who syncs what: ids in the database, and the file that payroll drops."""

    organization: int
    integration: int
    export: Path


@contextlib.contextmanager
def kept_server(folder: Path) -> Iterator[tuple[postgres.Urls, Path]]:
    """The same in a folder that stays, so that what was built there once is measured again."""
    feeds = folder / "feeds"
    feeds.mkdir(parents=True, exist_ok=True)
    os.environ["SCHEDULEPOP_HOME"] = str(folder / "home")
    with postgres.server(folder / "home") as urls:
        yield urls, feeds


@contextlib.contextmanager
def server(within: str | None = None) -> Iterator[tuple[postgres.Urls, Path]]:
    """A PostgreSQL of the bench's own and a folder for feeds; both are gone at the end. `within`: their parent."""
    home, feeds = (
        Path(tempfile.mkdtemp(prefix=f"sp-bench-{name}-", dir=within)) for name in ("home", "feeds")
    )
    os.environ["SCHEDULEPOP_HOME"] = str(home)
    try:
        with postgres.server(home) as urls:
            yield urls, feeds
    finally:
        for folder in (home, feeds):
            shutil.rmtree(folder, ignore_errors=True)


def make_template(urls: postgres.Urls, n: int, export: Path) -> Ground:
    """Migrate the template and set up the organization in it."""
    make_empty(urls)
    from django.db import connections

    ground = make(n, export)
    connections.close_all()
    return ground


def make_empty(urls: postgres.Urls) -> postgres.Urls:
    """The template with every table and nobody in it; the product of this process points at it."""
    there = urls.database(TEMPLATE)
    postgres.create_database(urls, TEMPLATE)
    set_up_django(there)
    from django.core.management import call_command

    call_command("migrate", database="migrate", verbosity=0, interactive=False)
    privileges.grant(there.migrate, there.app, there.web)
    return there


def set_up_django(urls: postgres.Urls) -> None:
    """Point the product of this process at that database, as the app role."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "schedulepop.settings"
    os.environ["DATABASE_URL"], os.environ["DATABASE_MIGRATE_URL"] = urls.app, urls.migrate
    django.setup()


def make(n: int, export: Path, name: str = "Bench Health") -> Ground:
    """An organization whose locations have every duty and zone of `feed(n)`, and its integration, in draft."""
    from schedulepop.accounts.actors import Actor
    from schedulepop.accounts.models import Organization
    from schedulepop.sync.integrations import lifecycle
    from schedulepop.sync.plan.policy import Mapping

    organization = Organization.objects.create(
        name=name, slug=name.lower().replace(" ", "-"), timezone=TIMEZONE
    )
    _add_locations(organization.pk, generator.codes(n))
    integration = lifecycle.add(
        organization,
        "Payroll",
        connector="file",
        config={"path": str(export)},
        actor=Actor.operator("bench"),
        mapping=Mapping.model_validate(generator.MAPPING),
    )
    return Ground(organization.pk, integration.pk, export)


def settle(urls: postgres.Urls) -> None:
    """What a night does between two runs: statistics, dead rows gone, nothing left to write back."""
    with psycopg.connect(urls.migrate, autocommit=True) as migrate:
        migrate.execute("SET client_min_messages = error")
        migrate.execute("VACUUM (ANALYZE)")
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute("CHECKPOINT")


def _add_locations(organization: int, codes: generator.Codes) -> None:
    from schedulepop.directory.models import Duty, DutyCode, Location, LocationCode, Zone, ZoneCode
    from schedulepop.lib.text import fold_code

    places = Location.objects.bulk_create(
        Location(organization_id=organization, name=place.name, timezone=place.timezone)
        for place in codes.locations
    )
    LocationCode.objects.bulk_create(
        LocationCode(organization_id=organization, location=made, code=fold_code(place.code))
        for made, place in zip(places, codes.locations, strict=True)
    )
    duties = Duty.objects.bulk_create(
        Duty(organization_id=organization, location=made, name=name, cms_code=cms)
        for made in places
        for _, name, cms in codes.duties
    )
    DutyCode.objects.bulk_create(
        DutyCode(
            location_id=duty.location_id, duty=duty, code=fold_code(codes.duties[i % len(codes.duties)][0])
        )
        for i, duty in enumerate(duties)
    )
    zones = Zone.objects.bulk_create(
        Zone(organization_id=organization, location=made, name=name)
        for made in places
        for _, name in codes.zones
    )
    ZoneCode.objects.bulk_create(
        ZoneCode(
            location_id=zone.location_id, zone=zone, code=fold_code(codes.zones[i % len(codes.zones)][0])
        )
        for i, zone in enumerate(zones)
    )
