"""What lets one into an account, given by somebody else: letters sent again, sheets, two-step sign-in taken away."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from schedulepop.accounts import access as sign_in_access
from schedulepop.accounts import audit, second_factor, sheets
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import AuditEntry, Grant, User
from schedulepop.directory import ranks
from schedulepop.directory.actions import checks
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.messages import outbox
from schedulepop.messages.models import Message

VOUCHED = timedelta(hours=24)
"""How long the word of the first of two Client Success people counts."""


def send_again(message: Message, *, actor: Actor, now: datetime | None = None) -> None:
    """Another email of this kind with a new link, for one that failed, is unknown, or was lost. Its managers may.

    A few per day; the old link stops working when the new one goes out.
    """
    checks.require_manages_person(actor, message.user)
    if not sign_in_access.may_sign_in(message.user):
        raise Refused(f"{message.user.full_name} may not sign in, so no link is sent.")
    if not message.user.email:
        raise Refused(f"{message.user.full_name} has no email address. Hand over a printed sheet.")
    if message.kind == "welcome" and message.user.has_usable_password():
        raise Refused(f"{message.user.full_name} has set the account up already.")
    try:
        outbox.send_again(message, actor, now=now)
    except outbox.TooManyError as error:
        raise Refused(str(error)) from None


def print_sheet(user: User, *, actor: Actor, now: datetime | None = None) -> sheets.Sheet:
    """A sheet to hand over: to set up the account of who gets no letter, or a new password for who reads neither of
    their addresses (admins and Client Success only). Shown once, stored nowhere, it works for 7 days and ends every
    older link.
    """
    at = now or timezone.now()
    _require_may_let_in(user, "printed_sheet", actor, at)
    if not sign_in_access.may_sign_in(user):
        raise Refused(f"{user.full_name} may not sign in, so there is no sheet.")
    if user.has_usable_password() and not actor.runs_syncs(user.organization):
        raise Refused(f"{user.full_name} has set the account up already. An admin can print a new sheet.")
    with transaction.atomic():
        made = sheets.make(user, at)
        audit.record(actor, user.organization, "printed_sheet", ("user", user.pk), user=user)
    return made


def reset_second_factor(user: User, *, actor: Actor, now: datetime | None = None) -> None:
    """Take the authenticator app of somebody away who lost it: sign-in is by password alone until they set up another.

    The person is told by email, and signed out everywhere.
    """
    at = now or timezone.now()
    if actor.user is not None and actor.user.pk == user.pk:
        raise Refused("Turn two-step sign-in off on your own account page.")
    if not second_factor.is_on(user):
        raise Refused(f"{user.full_name} signs in without a second step.")
    _require_may_let_in(user, "reset_second_factor", actor, at, needs_settings=True)
    with transaction.atomic():
        second_factor.remove(user)
        sign_in_access.end_sessions([user.pk], at)
        outbox.queue_next(user, "second_factor_off", context={"by": actor.by})
        audit.record(actor, user.organization, "reset_second_factor", ("user", user.pk), user=user)


def _require_may_let_in(
    user: User, deed: str, actor: Actor, at: datetime, *, needs_settings: bool = False
) -> None:
    """Rank, or for an organization's last admin, whom nobody outranks: two Client Success people (SPEC §6)."""
    if needs_settings and user.organization.vendor and actor.user is not None:
        if not ranks.may_change_account(actor, user):
            raise NotAllowed("Only the operator of this installation can do this for Client Success.")
        return
    checks.require_manages_person(actor, user)
    if needs_settings:
        checks.require_settings(actor, user.organization)
    if actor.user is not None and actor.user.pk == user.pk:
        raise Refused("Choose a new password on your own account page.")
    by_two = _is_last_admin(user) and actor.is_client_success(user.organization)
    if not by_two or ranks.may_change_account(actor, user):
        checks.require_rank(actor, user)
    elif not _vouched(user, deed, actor, at):
        audit.record(
            actor,
            user.organization,
            "vouched_for",
            ("user", user.pk),
            user=user,
            changes=[audit.change("deed", None, deed)],
        )
        raise Refused(
            f"{user.full_name} is the last admin of {user.organization.name}, so this takes two people. Your word is "
            "written down: a second Client Success person does the same within 24 hours."
        )


def _is_last_admin(user: User) -> bool:
    admins = Grant.objects.filter(role=Grant.ADMIN, organization=user.organization_id, ended_at=None)
    live = sign_in_access.live_users(User.objects.filter(pk__in=admins.values("user")))
    return admins.filter(user=user).exists() and not live.exclude(pk=user.pk).exists()


def _vouched(user: User, deed: str, actor: Actor, at: datetime) -> bool:
    """Whether another Client Success person, who is one still, said so within a day and nobody used it yet."""
    entries = AuditEntry.objects.filter(user=user, at__gte=at - VOUCHED)
    used = entries.filter(verb=deed).order_by("-pk").values_list("pk", flat=True).first() or 0
    said = entries.filter(verb="vouched_for", pk__gt=used, changes__contains=[{"new": deed}])
    others = said.exclude(actor=actor.user).select_related("actor__organization")
    return any(one.actor and Actor.of(one.actor).is_client_success(user.organization) for one in others)
