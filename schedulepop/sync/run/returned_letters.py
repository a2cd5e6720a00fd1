"""The issue about an address that takes no letters: of the organization, whatever payroll says, and of no run.

It is open exactly while letters to somebody's present address come back (`messages.returned`) and they may sign in:
opened when one does, closed when payroll or a person brings another address, or a later letter arrives. It belongs to
no integration, so no run touches it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from schedulepop.accounts import access
from schedulepop.accounts.models import User
from schedulepop.directory.models import Membership
from schedulepop.messages import returned
from schedulepop.messages.models import Message
from schedulepop.messages.returned import Returned
from schedulepop.sync.models import Issue

CODE = "email_returned"
_LOOKED_BACK = timedelta(hours=3)  # by the hourly tick, for what a process that died has not told


def renew(users: Collection[int], now: datetime) -> None:
    """Make the issues about these people's addresses what they have to be. As often as one likes."""
    if not users:
        return
    with transaction.atomic():
        people = User.objects.filter(pk__in=users).order_by("pk").select_for_update(no_key=True)
        known = {one.pk: one for one in people}
        live = set(access.live_users(User.objects.filter(pk__in=known)).values_list("pk", flat=True))
        back = returned.present([one for one in known.values() if one.pk in live])
        open_ones = {
            one.key: one for one in Issue.objects.filter(code=CODE, user__in=known, resolved_at=None)
        }
        wanted = {_key(one): one for one in back.values()}
        over = [one.pk for key, one in open_ones.items() if key not in wanted]
        Issue.objects.filter(pk__in=over).update(resolved_at=now)
        places = dict(_places(wanted))
        new = [
            _issue(key, known[one.user_id], one, places.get(one.user_id))
            for key, one in wanted.items()
            if key not in open_ones
        ]
        Issue.objects.bulk_create(new)


def renew_open(organization_id: int, now: datetime) -> None:
    """Close what a run has solved: it brought other addresses."""
    of_it = Issue.objects.filter(organization=organization_id, code=CODE, resolved_at=None)
    renew([pk for pk in of_it.values_list("user", flat=True) if pk is not None], now)


def renew_all(now: datetime) -> None:
    """What is open, and what came back lately."""
    open_ones = Issue.objects.filter(code=CODE, resolved_at=None).exclude(user=None)
    lately = Message.objects.filter(outcome__in=returned.BACK, outcome_at__gt=now - _LOOKED_BACK)
    concerned = {*open_ones.values_list("user", flat=True), *lately.values_list("user", flat=True)}
    renew([pk for pk in concerned if pk is not None], now)


def _key(one: Returned) -> str:
    return f"{one.user_id} {one.outcome} {one.address.lower()}"[:200]


def _places(wanted: dict[str, Returned]) -> list[tuple[int, int]]:
    """User → the location whose managers see it: the primary one, else the newest. The last of them counts."""
    rows = Membership.objects.filter(user__in=[one.user_id for one in wanted.values()])
    return list(rows.order_by("is_primary", "pk").values_list("user_id", "location_id"))


def _issue(key: str, user: User, one: Returned, location_id: int | None) -> Issue:
    params = {"name": user.full_name, "address": one.address, "since": one.since.date().isoformat()}
    reason = {"reason": f"email_{one.outcome}", "params": params, "row": None, "column": None, "value": None}
    row = {**reason, "source_id": None, "name": user.full_name}
    return Issue(
        organization_id=user.organization_id,
        integration=None,
        location_id=location_id,
        user=user,
        code=CODE,
        key=key,
        rows=[row],
        reasons=[reason],
        first_seen_at=one.since,
    )
