"""The house that the tests of writes happen in, and what they find in the audit trail."""

from __future__ import annotations

from dataclasses import dataclass

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Organization
from schedulepop.directory.models import Duty, Location, Membership
from tests import made


@dataclass
class House:
    """Maple Grove with its manager Margo and the RN Ines, whom payroll owns; Birch Hollow with Bruno."""

    org: Organization
    grove: Location
    hollow: Location
    rn: Duty
    ines: Membership
    margo: Actor
    bruno: Actor
    henry: Actor  # admin
    dana: Actor  # Client Success


def build() -> House:
    """A fresh one."""
    org = made.organization()
    grove, hollow = made.location(org, "Maple Grove"), made.location(org, "Birch Hollow")
    rn = made.duty(grove, "RN")
    person = made.person(
        grove,
        "Ines Calloway",
        username="ines.calloway",
        email="ines@example.com",
        duty=rn,
        zone=made.zone(grove, "Memory Care"),
        membership_more={"payroll_owned": True},
    )
    return House(
        org,
        grove,
        hollow,
        rn,
        person.memberships.get(),
        margo=Actor.of(made.manager(grove, "Margo Lindqvist")),
        bruno=Actor.of(made.manager(hollow, "Bruno Keller")),
        henry=Actor.of(made.admin(org, "Henry Okafor")),
        dana=Actor.of(made.client_success(org, "Dana Whitfield"), door="api"),
    )


def entry() -> tuple[str, str, str, list[tuple[object, object, object]]]:
    """The one audit entry: by whom, by which door, what, and each field's old and new value."""
    made_one = AuditEntry.objects.get()
    changes = [(item["field"], item["old"], item["new"]) for item in made_one.changes]
    return made_one.by, made_one.door, made_one.verb, changes
