"""An organization as a year leaves it: 50,000 people in 100 locations, nights behind it, something waiting everywhere.

Three nights through the product's own door: the first sync; a night in which one in a hundred changes; and a bad one,
with codes nobody knows, unreadable phones, people who leave in numbers that wait, hires who resemble somebody, and
people missing from the file. On it stand an HR admin and a manager.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from bench import generator, product
from bench.ground import Ground

LEAVERS_AT, LEAVERS = 3, 60  # locations where so many leave at once, and wait
UNKNOWN_CODES, UNREADABLE, MISSING, RESEMBLING, TWICE = 12, 400, 40, 60, 60
PASSWORD = "!"  # nobody signs in with it


@dataclass(frozen=True, slots=True)
class Readers:
    """Ids in the database: who reads, and what is looked at."""

    admin: int
    manager: int
    held_run: int
    person: int
    location: int


def build(ground: Ground, n: int, settle: Callable[[], None]) -> Readers:
    """The three nights, and who reads what came of them. `settle`: what the day between two nights does."""
    from schedulepop.accounts.actors import Actor
    from schedulepop.accounts.models import Grant, Organization
    from schedulepop.directory.models import Location, Membership
    from schedulepop.sync.models import Integration, Run, Trigger
    from schedulepop.sync.run import runs

    for night in (generator.feed(n), generator.changed(n)):
        ground.export.write_bytes(night)
        product.sync(ground)
        settle()
    ground.export.write_bytes(_bad_night(generator.changed(n)))
    integration = Integration.objects.select_related("organization").get(pk=ground.integration)
    asked = runs.request(integration, trigger=Trigger.MANUAL, actor=Actor.operator("bench"))
    held = runs.drive(asked.pk)
    organization = Organization.objects.get(pk=ground.organization)
    _twice(organization)
    place = Location.objects.filter(organization=organization).earliest("pk")
    admin = user_of(organization, "Renata", "Okoye")
    Grant.objects.create(user=admin, role=Grant.ADMIN, organization=organization)
    manager = user_of(organization, "Marisol", "Tate")
    Membership.objects.create(
        organization=organization,
        user=manager,
        location=place,
        role=Membership.MANAGER,
        status="active",
        is_primary=True,
    )
    someone = Membership.objects.filter(location=place).exclude(user=manager).earliest("pk")
    assert Run.objects.filter(pk=held.pk, counts__held__gt=0).exists()
    return Readers(admin.pk, manager.pk, held.pk, someone.user_id, place.pk)


def user_of(organization, first_name: str, last_name: str):  # type: ignore[no-untyped-def]
    """Somebody who can read; nobody signs in with the password."""
    from schedulepop.accounts.models import User

    return User.objects.create(
        organization=organization,
        username=f"{first_name}.{last_name}".lower(),
        first_name=first_name,
        last_name=last_name,
        email=f"{first_name}@example.com".lower(),
        password=PASSWORD,
    )


def _twice(organization) -> None:  # type: ignore[no-untyped-def]
    """Somebody is there twice: neighbours in the list bear one name and answer one phone."""
    from schedulepop.accounts.models import User

    first = list(User.objects.filter(organization=organization).order_by("pk")[: 2 * TWICE])
    for one, other in zip(first[::2], first[1::2], strict=True):
        other.first_name, other.last_name, other.phone = one.first_name, one.last_name, one.phone
        other.save(update_fields=["first_name", "last_name", "phone"])


def _bad_night(feed: bytes) -> bytes:
    """The file of a night on which a bit of everything is wrong."""
    frame = pl.read_csv(io.BytesIO(feed), infer_schema=False)
    at = pl.int_range(pl.len())
    location, status, zone, phone = "Location Code", "Employment Status", "Department Code", "Phone"
    places = frame[location].unique().sort().head(LEAVERS_AT + 1)
    nth = at.over(location)
    leaves = pl.col(location).is_in(places.head(LEAVERS_AT).to_list()) & (nth < LEAVERS)
    missing = (pl.col(location) == places[LEAVERS_AT]) & (nth < MISSING)
    frame = frame.with_columns(
        pl.when(leaves).then(pl.lit("Terminated")).otherwise(status).alias(status),
        pl.when(at % 997 < UNKNOWN_CODES)
        .then(pl.concat_str(pl.lit("Q"), (at % 997).cast(pl.String)))
        .otherwise(zone)
        .alias(zone),
        pl.when(at % (frame.height // UNREADABLE) == 1)
        .then(pl.lit("front desk"))
        .otherwise(phone)
        .alias(phone),
    ).filter(~missing)
    alike = frame.sample(RESEMBLING, seed=1).with_columns(
        pl.concat_str(pl.lit("9"), "Associate ID").alias("Associate ID"),
        pl.concat_str(pl.lit("9"), "Employee Number").alias("Employee Number"),
        pl.lit("").alias("Email"),
        pl.lit("Active").alias(status),
    )
    return pl.concat([frame, alike]).write_csv().encode()
