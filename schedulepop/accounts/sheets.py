"""Sheets: a set-up link on paper, for who gets no letter, as a QR code and as a code to type beside the username.

Both are one invitation: they end together, after 7 days, with the next sheet or letter, or once a password was chosen.
Of the code a keyed hash is kept, and five wrong ones end it: they are counted on the invitation's row, which is locked
meanwhile, so that many tries at once are that many (ADR 0024). Whoever types a username that is nobody's, has no sheet,
or an old one, gets the same answer for the same statements.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Case, F, Value, When
from django.utils.crypto import constant_time_compare, salted_hmac

from schedulepop.accounts import access, audit, invitations, tenancy, throttle
from schedulepop.accounts.models import Invitation, User
from schedulepop.lib import typed_codes
from schedulepop.lib.text import clean

TRIES = 5
"""Wrong codes that end a sheet."""
_HALF = 4  # signs of each half of a code


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed for one person. Shown once, stored nowhere."""

    user: User
    purpose: str  # Invitation.SET_UP or RESET
    link: str
    code: str  # in two halves
    until: datetime


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a try: the user whose password it is now, or the reasons against the password, or neither."""

    user: User | None = None
    reasons: tuple[str, ...] = ()


def make(user: User, now: datetime) -> Sheet:
    """A new sheet, in the caller's transaction; older sheets and links to a password of this user are over."""
    purpose = Invitation.RESET if user.has_usable_password() else Invitation.SET_UP
    code = typed_codes.new(_HALF)
    token = invitations.create(user, purpose, now, code_hash=_hash(user.pk, code))
    return Sheet(user, purpose, invitations.link(token), code.upper(), invitations.expiry(now))


def page() -> str:
    """Where a code is typed, with the username. From the settings alone, as `invitations.link`."""
    return f"{settings.BASE_URL}/set-up/"


def use(username: str, code: str, password: str, source: str, now: datetime) -> Tried:
    """Choose the password by a sheet's code. Wrong codes count; a right one with a poor password does not.

    `source`: the address it comes from. What is written for somebody unknown is what a wrong code would have
    written, so the time tells nothing either.
    """
    with tenancy.of_login(username):
        user = User.objects.filter(username=_username(username)).select_related("organization").first()
        user_id = user.pk if user else 0
        invitations.lock_person(user_id)
        invitation = _newest(user_id)
        may = access.live_users(User.objects.filter(pk=user_id)).exists()
        kept = invitation.code_hash if invitation else ""
        right = constant_time_compare(_hash(user_id, code), kept)
        if invitation is not None and right and may and invitation.live(now):
            return _choose(invitation, password, now)
        _count_wrong(invitation.pk if invitation else 0, now)
        if user is not None:
            audit.record_failure(user, "code of a sheet")
        else:
            throttle.note_unknown(throttle_key(username), source)
    return Tried()


def throttle_key(username: str) -> str:
    """What `throttle` counts tries under: apart from passwords of the same login."""
    return f"sheet {username}"


def _newest(user_id: int) -> Invitation | None:
    """The user's open sheet, locked until the transaction ends."""
    sheets = Invitation.objects.filter(user=user_id, purpose__in=sorted(invitations.PASSWORD))
    open_ones = sheets.filter(used_at=None, revoked_at=None).exclude(code_hash="")
    locked = open_ones.select_related("user__organization").select_for_update(of=("self",))
    return locked.order_by("-generation").first()


def _choose(invitation: Invitation, password: str, now: datetime) -> Tried:
    try:
        invitations.use_up(invitation, password, now)
    except ValidationError as error:
        return Tried(reasons=tuple(str(reason) for reason in error.messages))
    return Tried(user=invitation.user)


def _count_wrong(pk: int, now: datetime) -> None:
    """One more; the last one ends the sheet, its QR code too."""
    over = Case(When(wrong_codes__gte=TRIES - 1, then=Value(now)), default=F("revoked_at"))
    Invitation.objects.filter(pk=pk).update(wrong_codes=F("wrong_codes") + 1, revoked_at=over)


def _username(typed: str) -> str:
    return clean(typed).lower().replace("\x00", "")


def _hash(user_id: int, code: str) -> str:
    typed = f"{user_id}:{typed_codes.plain(code)}"
    return salted_hmac("schedulepop.sheet", typed, algorithm="sha256").hexdigest()
