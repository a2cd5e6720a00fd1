"""Who reads an address: whether a personal link may be sent to it (SPEC §5 Notify, §6 email changed)."""

from __future__ import annotations

from django.db.models.functions import Lower

from schedulepop.accounts import access
from schedulepop.accounts.models import Invitation, User


def is_unproven(address: str, user: User) -> bool:
    """Whether an account with a password is not known to belong to who reads this address (SPEC §6, email changed)."""
    return user.has_usable_password() and address.lower() != user.confirmed_email.lower()


def is_shared(address: str, user: User) -> bool:
    """Whether another live user of the organization has this address, or got a link there: its reader could take the
    wrong account. Whoever works for another customer is somebody else with another account (SPEC §5 Notify).

    The latter where a column of emails slipped by a row: the address is nobody else's now, and yet somebody else's.
    Asked for every letter with a link: relies on user_by_confirmed, user_by_email and invitation_by_address, or a
    thousand welcomes would look at everybody a thousand times.
    """
    lower = address.lower()
    colleagues = User.objects.filter(organization=user.organization_id).exclude(pk=user.pk)
    others = access.live_users(colleagues)
    confirmed = others.exclude(confirmed_email="").annotate(lower=Lower("confirmed_email"))
    given = others.exclude(email="").annotate(lower=Lower("email"))
    invited = Invitation.objects.exclude(user=user).exclude(address="").annotate(lower=Lower("address"))
    return (
        confirmed.filter(lower=lower).exists()
        or given.filter(lower=lower).exists()
        or others.filter(pk__in=invited.filter(lower=lower).values("user")).exists()
    )
