"""Who gets in and who may do what: blocking, roles, grants, sessions."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from schedulepop.accounts import access as sign_in_access
from schedulepop.accounts import audit, invitations
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Grant, Organization, User
from schedulepop.directory.actions import checks
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import Membership


@transaction.atomic
def block_access(membership: Membership, reason: str, *, actor: Actor, now: datetime | None = None) -> None:
    """The emergency switch: no sign-in through this membership from now on, whatever payroll says (SPEC §2)."""
    at = now or timezone.now()
    checks.require_manages(actor, membership.location)
    membership = checks.lock(membership)
    checks.require_rank(actor, membership.user, location=membership.location)
    why = checks.name(reason, "The reason", 200)
    if actor.user is not None and actor.user.pk == membership.user_id:
        raise Refused("You cannot block your own access.")
    if membership.access_blocked_at is not None:
        raise Refused(f"Access of {membership.user.full_name} is blocked already.")
    _set_block(membership, why, actor.by, at)
    membership.changed_at, membership.changed_what = at, f"Access blocked by {actor.by}"[:80]
    membership.save(update_fields=["changed_at", "changed_what"])
    sign_in_access.close_ended([membership.user_id], at)
    checks.record(actor, membership, "blocked_access", [audit.change("access_blocked", None, why)])


@transaction.atomic
def unblock_access(membership: Membership, *, actor: Actor, now: datetime | None = None) -> None:
    """Take the block away: sign-in follows the employment status again. Ended sessions and links stay ended."""
    at = now or timezone.now()
    checks.require_manages(actor, membership.location)
    membership = checks.lock(membership)
    checks.require_rank(actor, membership.user, location=membership.location)
    if membership.access_blocked_at is None:
        raise Refused(f"Access of {membership.user.full_name} is not blocked.")
    if actor.user is not None and actor.user.pk == membership.user_id:
        raise Refused("You cannot unblock your own access.")
    why = membership.access_blocked_reason
    _set_block(membership, "", "", None)
    membership.changed_at, membership.changed_what = at, f"Access unblocked by {actor.by}"[:80]
    membership.save(update_fields=["changed_at", "changed_what"])
    checks.record(actor, membership, "unblocked_access", [audit.change("access_blocked", why, None)])


@transaction.atomic
def set_role(membership: Membership, role: str, *, actor: Actor) -> None:
    """Staff or manager at this location. By admins and Client Success."""
    checks.require_settings(actor, membership.organization)
    if role not in (Membership.STAFF, Membership.MANAGER):
        raise Refused(f"“{role}” is not a role of a location; those are staff and manager.")
    membership = checks.lock(membership)
    old = membership.role
    if old == role:
        return
    pay = membership.may_see_pay
    membership.role = role
    membership.may_see_pay = pay and role == Membership.MANAGER
    membership.save(update_fields=["role", "may_see_pay"])
    if role == Membership.MANAGER:
        invitations.revoke_handed_over([membership.user_id], timezone.now())
    changes = [audit.change("role", old, role)]
    if pay != membership.may_see_pay:
        changes.append(audit.change("may_see_pay", pay, membership.may_see_pay))
    checks.record(actor, membership, "set_role", changes)


@transaction.atomic
def let_see_pay(membership: Membership, may: bool, *, actor: Actor) -> None:
    """Whether this manager reads pay at this location. By admins alone."""
    checks.require_admin(actor, membership.organization)
    membership = checks.lock(membership)
    if may and membership.role != Membership.MANAGER:
        raise Refused(f"{membership.user.full_name} is not a manager of {membership.location.name}.")
    if membership.may_see_pay != may:
        membership.may_see_pay = may
        membership.save(update_fields=["may_see_pay"])
        if may:
            invitations.revoke_handed_over([membership.user_id], timezone.now())
        checks.record(actor, membership, "let_see_pay", [audit.change("may_see_pay", not may, may)])


@transaction.atomic
def grant(user: User, role: str, organization: Organization, *, actor: Actor) -> Grant:
    """Admin of their own organization (by its admins; the first ever by Client Success), Client Success of a customer
    (vendor staff, by a lead), or lead of Client Success (of the vendor, by the operator).
    """
    if role == Grant.ADMIN:
        _require_may_make_admins(actor, organization)
        if user.organization_id != organization.pk:
            raise Refused(f"{user.full_name} does not belong to {organization.name}.")
    elif role == Grant.CLIENT_SUCCESS:
        if not actor.is_lead:
            raise NotAllowed(
                "Only a Client Success lead or the operator of this installation can assign Client Success."
            )
        if actor.user is not None and actor.user.pk == user.pk:
            raise Refused("You cannot assign customers to yourself; another lead or the operator can.")
        if not user.organization.vendor:
            raise Refused(f"{user.full_name} is not vendor staff.")
    elif role == Grant.LEAD:
        if not actor.is_operator:
            raise NotAllowed("Only the operator of this installation can make a Client Success lead.")
        if not organization.vendor or user.organization_id != organization.pk:
            raise Refused(
                "Leads of Client Success are granted of the vendor's own organization, to its people."
            )
    else:
        raise Refused(f"“{role}” cannot be granted; admin, client_success and client_success_lead can.")
    made, new = Grant.objects.get_or_create(user=user, role=role, organization=organization, ended_at=None)
    if new:
        invitations.revoke_handed_over([user.pk], timezone.now())
        _record_user(actor, user, "granted", [audit.change(role, None, organization.name)], organization)
    return made


@transaction.atomic
def end_grant(given: Grant, *, actor: Actor, now: datetime | None = None) -> None:
    """Take a grant back; whoever had nothing else to sign in with is signed out."""
    at = now or timezone.now()
    if given.role == Grant.ADMIN:
        checks.require_admin(actor, given.organization)
    elif not (actor.is_operator or (given.role == Grant.CLIENT_SUCCESS and actor.is_lead)):
        raise NotAllowed(
            "Only a Client Success lead or the operator of this installation can take this away."
        )
    if actor.user is not None and actor.user.pk == given.user_id:
        raise Refused("You cannot take your own rights away; ask another admin.")
    if Grant.objects.filter(pk=given.pk, ended_at=None).update(ended_at=at):
        sign_in_access.close_ended([given.user_id], at)
        changes = [audit.change(given.role, given.organization.name, None)]
        _record_user(actor, given.user, "ended_grant", changes, given.organization)


@transaction.atomic
def end_sessions(user: User, *, actor: Actor, now: datetime | None = None) -> None:
    """Sign somebody out everywhere (a lost phone); they may sign in again. By admins, and by everybody for
    themselves.
    """
    if actor.user is None or actor.user.pk != user.pk:
        checks.require_settings(actor, user.organization)
        checks.require_rank(actor, user)
    sign_in_access.end_sessions([user.pk], now or timezone.now())
    _record_user(actor, user, "ended_sessions", [], user.organization)


def _require_may_make_admins(actor: Actor, organization: Organization) -> None:
    """Client Success invites the first one (SPEC §3): later ones would let it read pay by a friend of its own."""
    first = not Grant.objects.filter(role=Grant.ADMIN, organization=organization).exists()
    if not (first and actor.is_client_success(organization)):
        checks.require_admin(actor, organization)


def _set_block(membership: Membership, reason: str, by: str, at: datetime | None) -> None:
    membership.access_blocked_reason, membership.access_blocked_by = reason, by
    membership.access_blocked_at = at
    membership.save(update_fields=["access_blocked_reason", "access_blocked_by", "access_blocked_at"])


def _record_user(
    actor: Actor, user: User, verb: str, changes: list[dict[str, object]], organization: Organization
) -> None:
    audit.record(actor, organization, verb, ("user", user.pk), user=user, changes=changes)
