"""Set-up, reset and confirming links: 256 random bits of which only a hash is stored, 7 days, once.

Looking at a link uses nothing up, since mail scanners open every link; that a browser did is noted (`note_opened`). A
newer link of its kind, a changed email or the end of sign-in revokes it. A set-up link confirms the address it was sent
to, if that is the person's still. Of
an account with a password a confirming link does that, and never a password; it counts while its owner is signed in,
or once the reader of the confirmed address has agreed (SPEC §6).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet

from schedulepop.accounts import access, audit, passwords, tenancy
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

ADDRESS = frozenset({Invitation.CONFIRM, Invitation.CONSENT})
"""Links about a changed address; neither leads to a password."""

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


class NotAgreedError(Exception):
    """The new address may be somebody else's: neither its owner is signed in, nor has the old address agreed."""


def create(
    user: User, purpose: str, now: datetime, *, address: str = "", agrees_to: str = "", code_hash: str = ""
) -> str:
    """A new link's token; older ones that do the same stop working. `address`: where it is sent (blank: printed);
    `agrees_to`: the changed address, of a consent; `code_hash`: of the code beside it on a sheet (`sheets`).
    """
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        lock_person(user.pk)
        revoke([user.pk], now, purposes=PASSWORD if purpose in PASSWORD else frozenset({purpose}))
        last = Invitation.objects.filter(user=user).aggregate(last=Max("generation"))["last"] or 0
        Invitation.objects.create(
            user=user,
            purpose=purpose,
            token_hash=_hash(token),
            generation=last + 1,
            address=address,
            agrees_to=agrees_to,
            code_hash=code_hash,
            created_at=now,
            expires_at=expiry(now),
        )
    return token


def expiry(now: datetime) -> datetime:
    """Until when a link made now works."""
    return now + timedelta(days=settings.INVITATION_DAYS)


def link(token: str, purpose: str = Invitation.SET_UP) -> str:
    """The address to open. From the settings alone, so that no request's Host header gets into an email."""
    page = "confirm" if purpose in ADDRESS else "set-up"
    return f"{settings.BASE_URL}/{page}/{token}/"


def opened_by(token: str) -> AbstractContextManager[None]:
    """The rows of the organization of whom this link was made for, for the length of the block."""
    return tenancy.of_link(_hash(token))


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


def note_opened(invitation: Invitation, now: datetime) -> None:
    """A browser loaded this link's page; the first time is kept. Whose browser it was, nobody knows."""
    if invitation.opened_at is not None:
        return
    with transaction.atomic():
        if Invitation.objects.filter(pk=invitation.pk, opened_at=None).update(opened_at=now):
            audit.record_opened(invitation.user, invitation.purpose)


def use(token: str, password: str, now: datetime) -> User:
    """Choose the password and use the link up. The user's other sessions and links end.

    Raises DeadLinkError, or ValidationError with the reasons against the password (the link then stays usable).
    """
    with transaction.atomic():
        invitation = _open(token, PASSWORD, now)
        use_up(invitation, password, now)
    return invitation.user


def lock_person(user_id: int) -> None:
    """Keeps everybody else off a person's links until the transaction ends: one newest link, used once.

    The person's row before any link's, wherever both are written: two orders would wait for each other.
    """
    User.objects.select_for_update(no_key=True).filter(pk=user_id).first()


def _open(token: str, purposes: Collection[str], now: datetime) -> Invitation:
    """The open link of these purposes, locked after its person. Raises DeadLinkError."""
    whose = _of(token, purposes).values_list("user_id", flat=True).first()
    if whose is not None:
        lock_person(whose)
    invitation = _of(token, purposes).select_for_update(of=("self",)).first()
    state = _state(invitation, now)
    if invitation is None or state is not LinkState.OPEN:
        raise DeadLinkError(state)
    return invitation


def use_up(invitation: Invitation, password: str, now: datetime) -> None:
    """The same for an open invitation that the caller has locked after its person, in the caller's transaction."""
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


def has_agreed(user: User) -> bool:
    """Whether the reader of the confirmed address agreed to the present contact address."""
    agreed = Invitation.objects.filter(
        user=user, purpose=Invitation.CONSENT, agrees_to__iexact=user.email, used_at__isnull=False
    )
    return (
        bool(user.email and user.confirmed_email)
        and agreed.filter(address__iexact=user.confirmed_email, revoked_at=None).exists()
    )


def agree(token: str, now: datetime) -> User:
    """The reader of the confirmed address says that the changed one is theirs too. Raises DeadLinkError."""
    with transaction.atomic():
        invitation = _open(token, frozenset({Invitation.CONSENT}), now)
        user = invitation.user
        if invitation.agrees_to.lower() != user.email.lower() or not user.confirmed_email:
            raise DeadLinkError(LinkState.REVOKED)
        Invitation.objects.filter(pk=invitation.pk).update(used_at=now)
        changes = [audit.change("email", user.confirmed_email, user.email)]
        audit.record(
            Actor.of(user),
            user.organization,
            "agreed_to_address",
            ("user", user.pk),
            user=user,
            changes=changes,
        )
    return user


def confirm(token: str, now: datetime, *, signed_in: User | None = None) -> User:
    """The address this link was sent to is the person's own: from now on sign-in and reset use it (SPEC §6).

    Raises DeadLinkError, and NotAgreedError (the link stays usable) when somebody with a password is neither
    `signed_in` nor agreed from the confirmed address: whoever reads the new mailbox may be anybody. Nobody is
    signed in by it.
    """
    with transaction.atomic():
        invitation = _open(token, frozenset({Invitation.CONFIRM}), now)
        user = invitation.user
        if invitation.address.lower() != user.email.lower():
            raise DeadLinkError(LinkState.REVOKED)
        if user.has_usable_password() and signed_in != user and not has_agreed(user):
            raise NotAgreedError
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


def revoke_sent(user_id: int, address: str, now: datetime) -> None:
    """End the open links to a password whose letter surely reached nobody at this address."""
    sent = Invitation.objects.filter(user=user_id, address=address, purpose__in=sorted(PASSWORD))
    sent.exclude(address="").filter(used_at=None, revoked_at=None).update(revoked_at=now)


def revoke_handed_over(user_ids: Iterable[int], now: datetime) -> int:
    """End the sheets of people whose rights rise: whoever made one ranked high enough for less (SPEC §3)."""
    printed = Invitation.objects.filter(user__in=list(user_ids), address="", purpose__in=sorted(PASSWORD))
    return printed.filter(used_at=None, revoked_at=None).update(revoked_at=now)


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
