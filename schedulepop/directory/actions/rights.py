"""Who gets in and who may do what: blocking, roles, grants, sessions, links sent again or printed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from schedulepop.accounts import access as sign_in_access
from schedulepop.accounts import audit, invitations
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Grant, Invitation, Organization, User
from schedulepop.directory.actions import checks
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import Membership
from schedulepop.messages import outbox
from schedulepop.messages.models import Message


@transaction.atomic
def block_access(membership: Membership, reason: str, *, actor: Actor, now: datetime | None = None) -> None:
    """The emergency switch: no sign-in through this membership from now on, whatever payroll says (SPEC §2)."""
    at = now or timezone.now()
    checks.require_manages(actor, membership.location)
    membership = checks.lock(membership)
    checks.require_above_admins(actor, membership.user)
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
    checks.require_above_admins(actor, membership.user)
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
        checks.record(actor, membership, "let_see_pay", [audit.change("may_see_pay", not may, may)])


@transaction.atomic
def grant(user: User, role: str, organization: Organization, *, actor: Actor) -> Grant:
    """Admin of their own organization (by its admins), or Client Success of any (vendor staff, by the operator)."""
    if role == Grant.ADMIN:
        checks.require_admin(actor, organization)
        if user.organization_id != organization.pk:
            raise Refused(f"{user.full_name} does not belong to {organization.name}.")
    elif role == Grant.CLIENT_SUCCESS:
        if not actor.is_operator:
            raise NotAllowed("Only the operator of this installation can assign Client Success.")
        if not user.organization.vendor:
            raise Refused(f"{user.full_name} is not vendor staff.")
    else:
        raise Refused(f"“{role}” cannot be granted; admin and client_success can.")
    made, new = Grant.objects.get_or_create(user=user, role=role, organization=organization, ended_at=None)
    if new:
        _record_user(actor, user, "granted", [audit.change(role, None, organization.name)], organization)
    return made


@transaction.atomic
def end_grant(given: Grant, *, actor: Actor, now: datetime | None = None) -> None:
    """Take a grant back; whoever had nothing else to sign in with is signed out."""
    at = now or timezone.now()
    if given.role == Grant.ADMIN:
        checks.require_admin(actor, given.organization)
    elif not actor.is_operator:
        raise NotAllowed("Only the operator of this installation can take Client Success away.")
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
    sign_in_access.end_sessions([user.pk], now or timezone.now())
    _record_user(actor, user, "ended_sessions", [], user.organization)


def send_again(message: Message, *, actor: Actor, now: datetime | None = None) -> None:
    """Another email of this kind with a new link, for one that failed, is unknown, or was lost. Its managers may.

    A few per day; the old link stops working when the new one goes out.
    """
    checks.require_manages_person(actor, message.user)
    if not sign_in_access.may_sign_in(message.user):
        raise Refused(f"{message.user.full_name} may not sign in, so no link is sent.")
    if not message.user.email:
        raise Refused(f"{message.user.full_name} has no email address. Hand over a printed link.")
    if message.kind == "welcome" and message.user.has_usable_password():
        raise Refused(f"{message.user.full_name} has set the account up already.")
    try:
        outbox.send_again(message, actor, now=now)
    except outbox.TooManyError as error:
        raise Refused(str(error)) from None


@transaction.atomic
def printed_link(user: User, *, actor: Actor, now: datetime | None = None) -> str:
    """A set-up link to print and hand over, for who has no email of their own. It is shown once, stored nowhere,
    works for 7 days, and ends every older link. For accounts not set up yet; others choose a new password by email.
    """
    checks.require_manages_person(actor, user)
    checks.require_outranks(actor, user)
    if not sign_in_access.may_sign_in(user):
        raise Refused(f"{user.full_name} may not sign in, so there is no link.")
    if user.has_usable_password() and not actor.runs_syncs(user.organization):
        raise Refused(f"{user.full_name} has set the account up already. An admin can print a new link.")
    purpose = Invitation.RESET if user.has_usable_password() else Invitation.SET_UP
    token = invitations.create(user, purpose, now or timezone.now())
    _record_user(actor, user, "printed_link", [], user.organization)
    return invitations.link(token)


def _set_block(membership: Membership, reason: str, by: str, at: datetime | None) -> None:
    membership.access_blocked_reason, membership.access_blocked_by = reason, by
    membership.access_blocked_at = at
    membership.save(update_fields=["access_blocked_reason", "access_blocked_by", "access_blocked_at"])


def _record_user(
    actor: Actor, user: User, verb: str, changes: list[dict[str, object]], organization: Organization
) -> None:
    audit.record(actor, organization, verb, ("user", user.pk), user=user, changes=changes)
