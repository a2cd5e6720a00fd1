"""Who is told: people who may sign in, who have an address, and who look after what the notice is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from schedulepop import employee
from schedulepop.accounts import access
from schedulepop.accounts.models import Grant, Organization, User
from schedulepop.directory.models import Membership
from schedulepop.messages import outbox

LISTED = 20  # lines of a letter; the page has the rest


def admins(organization: Organization) -> list[User]:
    """HR of the organization."""
    return _granted(Q(role=Grant.ADMIN, user__organization=organization), organization)


def client_success(organization: Organization) -> list[User]:
    """The vendor's people who are assigned to the organization."""
    return _granted(Q(role=Grant.CLIENT_SUCCESS, user__organization__vendor=True), organization)


def officers(organization: Organization) -> list[User]:
    """Who may decide about a run: admins and the assigned Client Success people, each once."""
    return list({one.pk: one for one in [*admins(organization), *client_success(organization)]}.values())


def managers(organization: Organization) -> dict[User, frozenset[int]]:
    """Managers with the locations they look after now, as `directory.access` has it."""
    rows = (
        Membership.objects.filter(
            organization=organization,
            role=Membership.MANAGER,
            status__in=sorted(employee.MAY_SIGN_IN),
            access_blocked_at=None,
            user__in=_reachable(User.objects.all()),
        )
        .select_related("user")
        .order_by("user_id", "location_id")
    )
    found: dict[User, set[int]] = {}
    for row in rows:
        found.setdefault(row.user, set()).add(row.location_id)
    return {user: frozenset(places) for user, places in found.items()}


def notify(
    people: Iterable[User],
    kind: str,
    organization: Organization,
    path: str,
    *,
    run_id: int | None = None,
    items: Sequence[Mapping[str, Any]] | None = None,
    **context: Any,
) -> int:
    """Queue the same notice for all of them, in the caller's transaction; returns how many. `items`: its lines."""
    context |= {"organization": organization.pk, "path": path}
    if items is not None:
        context |= {"items": items[:LISTED], "more": max(0, len(items) - LISTED)}
    return sum(outbox.queue_next(person, kind, context=context, run_id=run_id) for person in people)


def _granted(which: Q, organization: Organization) -> list[User]:
    grants = Grant.objects.filter(which, organization=organization, ended_at=None, user=OuterRef("pk"))
    return list(_reachable(User.objects.filter(Exists(grants))).order_by("pk"))


def _reachable(users: QuerySet[User]) -> QuerySet[User]:
    """Without an address a notice would wait, and be old news when it arrived."""
    return access.live_users(users.exclude(email="", confirmed_email=""))
