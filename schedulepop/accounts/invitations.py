"""Set-up, reset and confirming links: 256 random bits of which only a hash is stored, 7 days, once.

Looking at a link uses nothing up, since mail scanners open every link. A newer link of its kind, a changed email
or the end of sign-in revokes it. Using it confirms the address it was sent to, if that is the person's still; a
confirming link does only that, and never a password.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet

from schedulepop.accounts import access, audit, passwords
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Invitation, User


class LinkState(StrEnum):
    """What a link is good for now."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"  # by a newer link, a changed email, or the end of sign-in
    UNKNOWN = "unknown"

    @property
    def sentence(self) -> str:
        """For the person who opened it; no reason is given away to one who only guesses."""
        return _SENTENCES[self]


PASSWORD = frozenset({Invitation.SET_UP, Invitation.RESET})
"""Links that lead to a new password."""

_SENTENCES = {
    LinkState.OPEN: "This link works.",
    LinkState.USED: "This link was already used. Sign in with the password you chose, or ask for a new link.",
    LinkState.EXPIRED: "This link is too old. Ask for a new one.",
    LinkState.REVOKED: "This link was replaced by a newer one, or is no longer valid. Use the newest email.",
    LinkState.UNKNOWN: "This link is not complete, or was never valid. Copy all of it from the email.",
}


class DeadLinkError(Exception):
    """The link cannot be used (any more); its text is for the person who opened it."""

    def __init__(self, state: LinkState) -> None:
        super().__init__(state.sentence)
        self.state = state


def create(user: User, purpose: str, now: datetime, *, address: str = "") -> str:
    """A new link's token; older ones that do the same stop working. `address`: where it is sent (blank: printed)."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).filter(
            pk=user.pk
        ).first()  # one newest link, whoever else asks
        revoke([user.pk], now, purposes=PASSWORD if purpose in PASSWORD else frozenset({purpose}))
        last = Invitation.objects.filter(user=user).aggregate(last=Max("generation"))["last"] or 0
        Invitation.objects.create(
            user=user,
            purpose=purpose,
            token_hash=_hash(token),
            generation=last + 1,
            address=address,
            created_at=now,
            expires_at=expiry(now),
        )
    return token


def expiry(now: datetime) -> datetime:
    """Until when a link made now works."""
    return now + timedelta(days=settings.INVITATION_DAYS)


def link(token: str, purpose: str = Invitation.SET_UP) -> str:
    """The address to open. From the settings alone, so that no request's Host header gets into an email."""
    page = "confirm" if purpose == Invitation.CONFIRM else "set-up"
    return f"{settings.BASE_URL}/{page}/{token}/"


def look(
    token: str, now: datetime, purposes: Collection[str] = PASSWORD
) -> tuple[LinkState, Invitation | None]:
    """What a link is good for, and whose it is; uses nothing up. One for something else is unknown here."""
    invitation = _of(token, purposes).first()
    return _state(invitation, now), invitation


def find(token: str, now: datetime) -> Invitation | None:
    """The invitation of a link that works, else None."""
    state, invitation = look(token, now)
    return invitation if state is LinkState.OPEN else None


def use(token: str, password: str, now: datetime) -> User:
    """Choose the password and use the link up. The user's other sessions and links end.

    Raises DeadLinkError, or ValidationError with the reasons against the password (the link then stays usable).
    """
    with transaction.atomic():
        invitation = _of(token, PASSWORD).select_for_update(of=("self",)).first()
        state = _state(invitation, now)
        if invitation is None or state is not LinkState.OPEN:
            raise DeadLinkError(state)
        user = invitation.user
        reasons = passwords.reasons_against(password, user)
        if reasons:
            raise ValidationError(reasons)
        user.set_password(password)
        changes = []
        if (
            invitation.address
            and invitation.address.lower() == user.email.lower() != user.confirmed_email.lower()
        ):
            changes.append(audit.change("confirmed_email", user.confirmed_email, user.email))
            user.confirmed_email = user.email
        user.save(update_fields=["password", "confirmed_email"])
        Invitation.objects.filter(pk=invitation.pk).update(used_at=now)
        revoke([user.pk], now)
        verb = "set_up_account" if invitation.purpose == Invitation.SET_UP else "reset_password"
        audit.record(Actor.of(user), user.organization, verb, ("user", user.pk), user=user, changes=changes)
    return user


def confirm(token: str, now: datetime) -> User:
    """The address this link was sent to is the person's own: from now on sign-in and reset use it (SPEC §6).

    Raises DeadLinkError. Nobody is signed in by it: who reads a mailbox need not know the password.
    """
    with transaction.atomic():
        invitation = _of(token, frozenset({Invitation.CONFIRM})).select_for_update(of=("self",)).first()
        state = _state(invitation, now)
        if invitation is None or state is not LinkState.OPEN:
            raise DeadLinkError(state)
        user = User.objects.select_for_update(no_key=True).get(pk=invitation.user_id)
        if invitation.address.lower() != user.email.lower():
            raise DeadLinkError(LinkState.REVOKED)
        changes = [audit.change("confirmed_email", user.confirmed_email, user.email)]
        user.confirmed_email = user.email
        user.save(update_fields=["confirmed_email"])
        Invitation.objects.filter(pk=invitation.pk).update(used_at=now)
        audit.record(
            Actor.of(user),
            user.organization,
            "confirmed_address",
            ("user", user.pk),
            user=user,
            changes=changes,
        )
    return user


def revoke(user_ids: Iterable[int], now: datetime, *, purposes: Collection[str] | None = None) -> int:
    """End the open links of these users (of these purposes only, if given); returns how many."""
    open_links = Invitation.objects.filter(user__in=list(user_ids), used_at=None, revoked_at=None)
    if purposes is not None:
        open_links = open_links.filter(purpose__in=sorted(purposes))
    return open_links.update(revoked_at=now)


def _of(token: str, purposes: Collection[str]) -> QuerySet[Invitation]:
    links = Invitation.objects.select_related("user__organization")
    return links.filter(token_hash=_hash(token), purpose__in=sorted(purposes))


def _state(invitation: Invitation | None, now: datetime) -> LinkState:
    if invitation is None:
        return LinkState.UNKNOWN
    if invitation.used_at is not None:
        return LinkState.USED
    if invitation.revoked_at is not None or not access.may_sign_in(invitation.user):
        return LinkState.REVOKED
    return LinkState.OPEN if invitation.live(now) else LinkState.EXPIRED


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
