"""Who is told: people who may sign in, who have an address, and who look after what the notice is about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from schedulepop import employee
from schedulepop.accounts import access
from schedulepop.accounts.models import Grant, Organization, User
from schedulepop.directory.models import Membership
from schedulepop.messages import outbox

Letter = tuple[User, dict[str, Any]]  # to whom, and what is filled in
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


def admins_of(organizations: Collection[int]) -> dict[int, list[User]]:
    """Organization → its HR, of many at once."""
    grants = Grant.objects.filter(
        role=Grant.ADMIN,
        organization__in=organizations,
        user__organization=F("organization"),
        ended_at=None,
        user__in=reachable(User.objects.all()),
    )
    found: dict[int, list[User]] = {}
    for grant in (
        grants.select_related("user").order_by("organization", "user").distinct("organization", "user")
    ):
        found.setdefault(grant.organization_id, []).append(grant.user)
    return found


def managers_of(organizations: Collection[int]) -> dict[int, dict[User, frozenset[int]]]:
    """Organization → managers with the locations they look after now, as `directory.access` has it."""
    rows = (
        Membership.objects.filter(
            organization__in=organizations,
            role=Membership.MANAGER,
            status__in=sorted(employee.MAY_SIGN_IN),
            access_blocked_at=None,
            user__in=reachable(User.objects.all()),
        )
        .select_related("user")
        .order_by("user_id", "location_id")
    )
    found: dict[int, dict[User, frozenset[int]]] = {}
    for row in rows:
        mine = found.setdefault(row.organization_id, {})
        mine[row.user] = mine.get(row.user, frozenset()) | {row.location_id}
    return found


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
    letters = [letter(person, organization.pk, path, items=items, **context) for person in people]
    return send(letters, kind, run_id=run_id)


def letter(
    person: User,
    organization: int,
    path: str,
    *,
    items: Sequence[Mapping[str, Any]] | None = None,
    **context: Any,
) -> Letter:
    """A notice to one person. `items`: its lines."""
    context |= {"organization": organization, "path": path}
    if items is not None:
        context |= {"items": items[:LISTED], "more": max(0, len(items) - LISTED)}
    return person, context


def send(letters: Sequence[Letter], kind: str, *, run_id: int | None = None) -> int:
    """Queue notices of one kind, in the caller's transaction; returns how many."""
    return outbox.queue_each(letters, kind, run_id=run_id)


def _granted(which: Q, organization: Organization) -> list[User]:
    grants = Grant.objects.filter(which, organization=organization, ended_at=None, user=OuterRef("pk"))
    return list(reachable(User.objects.filter(Exists(grants))).order_by("pk"))


def reachable(users: QuerySet[User]) -> QuerySet[User]:
    """Without an address a notice would wait, and be old news when it arrived."""
    return access.live_users(users.exclude(email="", confirmed_email=""))
