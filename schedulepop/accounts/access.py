"""Who may sign in: worked out from memberships and grants each time, never stored (SPEC §2).

A membership allows it while its status does and its access is not blocked. Grants allow it only to a user
without memberships, such as vendor staff. Accounts lie below the directory, so memberships are reached
through the user's reverse relation.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from schedulepop import employee
from schedulepop.accounts.models import Grant, Invitation, User


def _memberships() -> QuerySet[Any]:
    model: type[Model] = User._meta.get_field("memberships").related_model
    return model._default_manager.filter(user=OuterRef("pk"))


def live_users(users: QuerySet[User] | None = None) -> QuerySet[User]:
    """Those (of the given users) who may sign in: nobody who was merged into another user.

    Relies on the unique index (user, location) of memberships.
    """
    allows = Q(status__in=sorted(employee.MAY_SIGN_IN), access_blocked_at=None)
    granted = Grant.objects.filter(user=OuterRef("pk"), ended_at=None)
    asked = User.objects.all() if users is None else users
    return asked.filter(
        Q(merged_into=None),
        Exists(_memberships().filter(allows)) | (~Exists(_memberships()) & Exists(granted)),
    )


def may_sign_in(user: User) -> bool:
    """Whether this user may sign in right now."""
    return live_users(User.objects.filter(pk=user.pk)).exists()


def end_sessions(user_ids: Iterable[int], now: datetime) -> int:
    """Sign these users out everywhere; returns how many. Their next request finds its session over."""
    return User.objects.filter(pk__in=list(user_ids)).update(must_end_sessions_before=now)


def close_ended(user_ids: Iterable[int], now: datetime) -> None:
    """To be called after memberships changed: whoever may not sign in any more loses sessions and open links,
    and whose memberships are all over loses their grants too. Three statements, however many users.
    """
    ids = list(user_ids)
    still = set(live_users(User.objects.filter(pk__in=ids)).values_list("pk", flat=True))
    out = [pk for pk in ids if pk not in still]
    if not out:
        return
    end_sessions(out, now)
    Invitation.objects.filter(user__in=out, used_at=None, revoked_at=None).update(revoked_at=now)
    over = User.objects.filter(Exists(_memberships()), pk__in=out).exclude(
        Exists(_memberships().exclude(status__in=sorted(employee.ENDED)))
    )
    Grant.objects.filter(user__in=over, ended_at=None).update(ended_at=now)
