"""A new customer as a whole, and who of Client Success looks after which: assigned and handed over by a lead."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Grant, Organization, User
from schedulepop.directory.actions import checks, officers, places, rights
from schedulepop.directory.actions.newcomers import NewPerson
from schedulepop.directory.errors import Invalid, NotAllowed, Refused
from schedulepop.employee import LONGEST
from schedulepop.lib.text import fold_code
from schedulepop.messages import outbox


@dataclass(frozen=True, slots=True)
class NewLocation:
    """A facility of a new customer, as typed."""

    name: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer to add, as typed. `admin`: the first HR admin, who is invited."""

    name: str
    timezone: str
    support_name: str = ""
    support_email: str = ""
    support_phone: str = ""
    locations: tuple[NewLocation, ...] = ()
    admin: NewPerson | None = None


def add_customer(new: NewCustomer, *, actor: Actor) -> Organization:
    """The organization, its locations with their codes, and its first HR admin, whose welcome email is queued: all of
    it, or nothing. Who of Client Success adds one looks after it.

    Raises Invalid with every field that cannot be taken, and NotAllowed.
    """
    places.require_may_add_organization(actor)
    if found := problems(new):
        raise Invalid(found)
    with transaction.atomic():
        made = places.add_organization(
            new.name,
            new.timezone,
            actor=actor,
            support_name=new.support_name,
            support_email=new.support_email,
            support_phone=new.support_phone,
        )
        its_own = replace(actor)  # whose grants are read anew: they have this customer since a moment ago
        for location in new.locations:
            places.add_location(made, location.name, codes=location.codes, actor=its_own)
        if new.admin is not None:
            admin = replace(new.admin, role=Grant.ADMIN)
            outbox.queue_welcome(officers.add_granted(made, admin, works_for=made, actor=its_own))
    return made


def problems(new: NewCustomer) -> dict[str, str]:
    """What cannot be taken, by field: `name`, `support_email`, `locations.0.codes`, `admin.email`; {}: nothing."""
    found: dict[str, str] = {}

    def check(field: str, rule: Callable[..., Any], *given: Any) -> None:
        try:
            rule(*given)
        except Refused as refused:
            found[field] = str(refused)

    check("name", checks.name, new.name, "The organization's name")
    check("timezone", checks.timezone, new.timezone)
    check("support_email", checks.email, new.support_email)
    if new.admin is not None:
        check("admin.first_name", checks.first_name, new.admin.first_name)
        check("admin.last_name", checks.name, new.admin.last_name, "The last name")
        check("admin.email", _required_email, new.admin.email)
    names: set[str] = set()
    owners: dict[str, str] = {}
    for at, location in enumerate(new.locations):
        check(f"locations.{at}.name", _location_name, location.name, names)
        check(f"locations.{at}.codes", _codes, location, owners)
    return found


def assign(colleague: User, organizations: Collection[Organization], *, actor: Actor) -> int:
    """Let a colleague look after these customers too; returns how many are new to them. By a lead, for others."""
    require_lead(actor)
    _require_colleague(colleague, actor)
    with transaction.atomic():
        return sum(_give(colleague, one, actor) for one in organizations)


def hand_over(
    giver: User,
    taker: User,
    organizations: Collection[Organization] | None = None,
    *,
    actor: Actor,
    now: datetime | None = None,
) -> list[Organization]:
    """From one colleague to another in one step: these customers, or all the giver looks after. Returns them.

    Whoever has no customer left and leads nobody can no longer sign in, until they are assigned one.
    """
    require_lead(actor)
    _require_colleague(taker, actor)
    if giver.pk == taker.pk:
        raise Refused("Choose somebody else to hand over to.")
    at = now or timezone.now()
    held = Grant.objects.filter(user=giver, role=Grant.CLIENT_SUCCESS, ended_at=None).select_related(
        "organization"
    )
    if organizations is not None:
        held = held.filter(organization__in=organizations)
    with transaction.atomic():
        grants = list(held.order_by("organization__name").select_for_update(of=("self",)))
        if not grants:
            raise Refused(f"{giver.full_name} looks after none of them.")
        for one in grants:
            _give(taker, one.organization, actor)
        for one in grants:
            rights.end_grant(one, actor=actor, now=at)
    return [one.organization for one in grants]


def require_lead(actor: Actor) -> None:
    """A Client Success lead, or the operator."""
    if not actor.is_lead:
        raise NotAllowed("Only a Client Success lead can assign customers or hand them over.")


def colleagues(vendor: Organization) -> Iterable[User]:
    """The vendor's people, by name: those who look after customers, and those who could."""
    return User.objects.filter(organization=vendor, merged_into=None).order_by("sort_name", "pk")


def _give(colleague: User, organization: Organization, actor: Actor) -> bool:
    held = Grant.objects.filter(
        user=colleague, role=Grant.CLIENT_SUCCESS, organization=organization, ended_at=None
    )
    if held.exists():
        return False
    rights.grant(colleague, Grant.CLIENT_SUCCESS, organization, actor=actor)
    return True


def _require_colleague(colleague: User, actor: Actor) -> None:
    if not colleague.organization.vendor or colleague.merged_into_id is not None:
        raise Refused(f"{colleague.full_name} does not work for Client Success.")
    if actor.user is not None and actor.user.pk == colleague.pk:
        raise Refused("You cannot assign customers to yourself; another lead or the operator can.")


def _required_email(value: str) -> None:
    if not checks.email(value):
        raise Refused("The invitation needs an email address.")


def _location_name(value: str, names: set[str]) -> None:
    called = checks.name(value, "The location's name")
    if called.casefold() in names:
        raise Refused(f"{called} is here twice.")
    names.add(called.casefold())


def _codes(location: NewLocation, owners: dict[str, str]) -> None:
    for code in location.codes:
        folded = fold_code(code.replace("\x00", ""))
        checks.name(folded, "The payroll code", LONGEST["code"])
        if folded in owners:
            raise Refused(f"The payroll code {code} names {owners[folded]} already.")
        owners[folded] = location.name
