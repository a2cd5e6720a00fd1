"""New people and new memberships by hand. Most come from payroll; a double is refused, not made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from schedulepop import employee
from schedulepop.accounts import access as sign_in_access
from schedulepop.accounts import audit, invitations
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.directory import names
from schedulepop.directory.actions import checks, duties
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import Duty, Location, Membership, Zone
from schedulepop.employee import Status
from schedulepop.lib.text import sort_key
from schedulepop.messages import outbox

_TRIES = 5


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Whom to add, as typed."""

    first_name: str
    last_name: str
    email: str = ""
    phone: str = ""
    employee_number: str = ""
    duty: Duty | None = None
    zone: Zone | None = None
    role: str = Membership.STAFF
    status: str = Status.ACTIVE
    hire_date: date | None = None


def add_user(
    location: Location,
    who: NewPerson,
    *,
    actor: Actor,
    local: bool = False,
    reason: str = "",
    welcome: bool = True,
    anyway: bool = False,
) -> Membership:
    """A person by hand, with a username of their own and a welcome email. New people usually come from payroll,
    so admins, Client Success and the operator only; and somebody who resembles them is named instead of doubled,
    unless `anyway`. `local`: agency or contractor, never matched by a sync. `reason`: why by hand, for the audit trail.
    """
    if not actor.runs_syncs(location.organization):
        raise NotAllowed(
            "New people come from payroll by themselves. Only an admin or Client Success can add one by hand."
        )
    if who.role not in (Membership.STAFF, Membership.MANAGER) or not employee.may_sign_in(who.status):
        raise Refused("A new person is staff or manager, and active, upcoming or on leave.")
    first, last = checks.first_name(who.first_name), checks.name(who.last_name, "The last name")
    user = User(
        organization=location.organization,
        first_name=first,
        last_name=last,
        email=checks.email(who.email),
        phone=checks.phone(who.phone),
        local=local,
    )
    user.set_unusable_password()
    if not anyway:
        _refuse_double(user, who.employee_number)
    membership = Membership(
        organization=location.organization,
        location=location,
        role=who.role,
        status=who.status,
        employee_number=who.employee_number.strip()[:64],
        hire_date=who.hire_date,
        is_primary=True,
        changed_what=f"Added by {actor.by}"[:80],
    )
    with transaction.atomic():
        _store_with_free_username(user)
        membership.user = user
        membership.save()
        for part in (who.duty, who.zone):
            if part is not None:
                duties.move_primary(membership, part)
        if welcome:
            outbox.queue_welcome(user)
        said = {
            "name": user.full_name,
            "email": user.email,
            "phone": user.phone,
            "role": who.role,
            "status": who.status,
            "local": local,
            "reason": reason.strip()[:200],
        }
        changes = [audit.change(field, None, value) for field, value in said.items() if value]
        checks.record(actor, membership, "added_user", changes)
    return membership


@transaction.atomic
def add_membership(
    user: User,
    location: Location,
    *,
    actor: Actor,
    duty: Duty | None = None,
    zone: Zone | None = None,
    role: str = Membership.STAFF,
) -> Membership:
    """An existing user at one more location. A manager has to look after both; no second account is made."""
    checks.require_manages(actor, location)
    checks.require_manages_person(actor, user)
    if user.organization_id != location.organization_id:
        raise Refused(f"{user.full_name} belongs to another organization.")
    if role != Membership.STAFF:
        checks.require_admin(actor, location.organization)
        invitations.revoke_handed_over([user.pk], timezone.now())
    if user.memberships.filter(location=location).exists():
        raise Refused(f"{user.full_name} is on the list of {location.name} already.")
    if not sign_in_access.may_sign_in(user) and not actor.runs_syncs(location.organization):
        raise Refused(f"{user.full_name} may not sign in at present. An admin can add them.")
    membership = Membership.objects.create(
        organization_id=location.organization_id,
        user=user,
        location=location,
        role=role,
        is_primary=not user.memberships.filter(is_primary=True).exists(),
        changed_what=f"Added by {actor.by}"[:80],
    )
    for part in (duty, zone):
        if part is not None:
            duties.move_primary(membership, part)
    checks.record(actor, membership, "added_membership", [audit.change("location", None, location.name)])
    return membership


def _refuse_double(user: User, employee_number: str) -> None:
    key = sort_key(user.first_name, user.last_name)[:250]
    same = Q(sort_name=key)
    if user.email:
        same |= Q(lower_email=user.email.lower()) | Q(confirmed_email__iexact=user.email)
    if employee_number.strip():
        same |= Q(memberships__employee_number=employee_number.strip())
    found = (
        User.objects.filter(organization=user.organization, merged_into=None)
        .annotate(lower_email=Lower("email"))
        .filter(same)
        .order_by("pk")
        .first()
    )
    if found is None:
        return
    places = ", ".join(found.memberships.order_by("location__name").values_list("location__name", flat=True))
    where = f"at {places}" if places else "without a location"
    raise Refused(
        f"{found.full_name} ({found.username}) is here already, {where}. Add them to this location instead of "
        "making a second account; if this is somebody else, say so."
    )


def _store_with_free_username(user: User) -> None:
    stem = names.stem(user.first_name, user.last_name)
    for last_try in [False] * (_TRIES - 1) + [True]:
        user.username = names.free([stem], names.taken_like([stem]))[0]
        try:
            with transaction.atomic():
                user.save()
            return
        except IntegrityError:  # somebody took it a moment ago
            user.pk = None
            if last_try:
                raise
