"""The people one can be in the demo: one of each role, found rather than written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schedulepop import employee
from schedulepop.accounts import tenancy
from schedulepop.accounts.models import Grant, User
from schedulepop.directory.models import Location, Membership


@dataclass(frozen=True)
class DemoUser:
    """One button on the demo's sign-in page."""

    user: User
    role: str
    sees: str


def demo_users() -> tuple[DemoUser, ...]:
    """Client Success, the admin, one manager per location, one of the staff; in that order."""
    with tenancy.of_demo():
        return tuple(_found())


def _found() -> Iterator[DemoUser]:
    grants = (
        Grant.objects.filter(ended_at=None, user__organization__demo=True, organization__demo=True)
        .select_related("user", "organization")
        .order_by("pk")
    )
    for role, word, sees in (
        (Grant.CLIENT_SUCCESS, "Client Success", "Sets up {}, approves its first sync"),
        (Grant.ADMIN, "Admin", "All of {}, pay, runs and holds"),
    ):
        grant = grants.filter(role=role).first()
        if grant is not None:
            yield DemoUser(grant.user, word, sees.format(grant.organization.name))
    working = Membership.objects.filter(
        organization__demo=True, status=employee.Status.ACTIVE, access_blocked_at=None
    ).select_related("user")
    for location in Location.objects.filter(organization__vendor=False).order_by("organization_id", "pk")[:5]:
        manager = working.filter(location=location, role=Membership.MANAGER).order_by("pk").first()
        if manager is not None:
            yield DemoUser(manager.user, "Manager", f"The people of {location.name}")
    staff = working.filter(role=Membership.STAFF, payroll_owned=True, user__grants=None)
    first = staff.order_by("location_id", "user__sort_name").first()
    if first is not None:
        yield DemoUser(first.user, "Staff", "Their own profile")
