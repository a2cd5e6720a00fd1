"""Who reads an address: whether a personal link may be sent to it (SPEC §5 Notify, §6 email changed)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models.functions import Lower

from schedulepop.accounts import access
from schedulepop.accounts.models import Invitation, User


def is_unproven(address: str, user: User) -> bool:
    """Whether an account with a password is not known to belong to who reads this address (SPEC §6, email changed)."""
    return user.has_usable_password() and address.lower() != user.confirmed_email.lower()


def is_shared(address: str, user: User) -> bool:
    """Whether another live user of the organization reads this address: they could take the wrong account. Whoever
    works for another customer is somebody else with another account (SPEC §5 Notify).
    """
    return bool(readers([address], user.organization_id).get(address.lower(), set()) - {user.pk})


def readers(addresses: Iterable[str], organization_id: int) -> dict[str, set[int]]:
    """Address in lower case → the live users of the organization who have it, or got a link there.

    The latter where a column of emails slipped by a row: the address is nobody else's now, and yet somebody else's.
    Asked for every letter with a link: relies on user_by_confirmed, user_by_email and invitation_by_address, or a
    thousand welcomes would look at everybody a thousand times.
    """
    wanted = sorted({address.lower() for address in addresses})
    live = access.live_users(User.objects.filter(organization=organization_id))
    confirmed = live.exclude(confirmed_email="").annotate(lower=Lower("confirmed_email"))
    given = live.exclude(email="").annotate(lower=Lower("email"))
    links = Invitation.objects.exclude(address="").annotate(lower=Lower("address")).filter(lower__in=wanted)
    invited = list(
        links.filter(user__organization=organization_id).values_list("lower", "user_id").distinct()
    )
    alive = set(live.filter(pk__in={pk for _, pk in invited}).values_list("pk", flat=True))
    found: dict[str, set[int]] = {}
    for rows in (
        confirmed.filter(lower__in=wanted).values_list("lower", "pk"),
        given.filter(lower__in=wanted).values_list("lower", "pk"),
        [(address, pk) for address, pk in invited if pk in alive],
    ):
        for address, pk in rows:
            found.setdefault(address, set()).add(pk)
    return found
