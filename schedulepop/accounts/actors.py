"""Who does something, by which door, and what their grants let them do.

Which locations somebody manages follows from memberships: `directory.access`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet

from schedulepop.accounts import access
from schedulepop.accounts.models import Grant, Organization, User

DOORS = ("web", "cli", "api", "sync")


@dataclass(frozen=True)
class Actor:
    """One who writes or reads. Without a user it is the machine itself, with all rights: doors cli and sync only.

    What grants say is asked once per actor; make a new one for every request or command.
    """

    user: User | None
    by: str  # what the audit trail calls them: a name, `cli:<os user>`, or `sync run N`
    door: str

    def __post_init__(self) -> None:
        if self.door not in DOORS:
            raise ValueError(f"There is no door {self.door!r}; the doors are {', '.join(DOORS)}.")
        if self.user is None and self.door not in ("cli", "sync"):
            raise ValueError(f"Whoever comes by the door {self.door!r} has to be a user.")
        if self.user is not None and self.user.pk is None:
            raise ValueError("The actor has to be a stored user.")

    @classmethod
    def of(cls, user: User, door: str = "web") -> Actor:
        """A user, with what their role permits."""
        return cls(user=user, by=user.full_name[:150], door=door)

    @classmethod
    def operator(cls, os_user: str) -> Actor:
        """Whoever runs the command line on this machine without `--by`: all rights (SPEC §9)."""
        return cls(user=None, by=f"cli:{os_user}"[:150], door="cli")

    @property
    def is_operator(self) -> bool:
        """The machine itself: the command line without `--by`, or a sync run."""
        return self.user is None

    def is_admin(self, organization: Organization) -> bool:
        """HR of this organization (or the operator)."""
        return self.is_operator or (Grant.ADMIN, organization.pk) in self._rights

    def is_client_success(self, organization: Organization) -> bool:
        """Vendor staff assigned to this organization (or the operator)."""
        return self.is_operator or (Grant.CLIENT_SUCCESS, organization.pk) in self._rights

    @property
    def is_lead(self) -> bool:
        """Assigns customers to colleagues and sees how all of them are, nobody's people (or the operator)."""
        return self.is_operator or any(role == Grant.LEAD for role, _ in self._rights)

    def runs_syncs(self, organization: Organization) -> bool:
        """May run now, approve later plans, map codes, change settings."""
        return self.is_admin(organization) or self.is_client_success(organization)

    def approves_first_sync(self, organization: Organization) -> bool:
        """May approve the first sync and activate: Client Success alone (SPEC §3), or the operator."""
        return self.is_client_success(organization)

    def organizations(self) -> QuerySet[Organization]:
        """Those this actor may look into: their own, and those assigned to vendor staff."""
        if self.user is None:
            return Organization.objects.all()
        if self.user.organization.vendor:  # vendor staff work in their customers' organizations
            assigned = [pk for role, pk in self._rights if role == Grant.CLIENT_SUCCESS]
            return Organization.objects.filter(pk__in=assigned)
        return Organization.objects.filter(pk=self.user.organization_id)

    @cached_property
    def _rights(self) -> frozenset[tuple[str, int]]:
        if self.user is None or not access.may_sign_in(self.user):
            return frozenset()
        grants = Grant.objects.filter(user=self.user, ended_at=None).filter(
            # Admins belong to the organization they administer, Client Success to the vendor.
            Q(role=Grant.ADMIN, organization=self.user.organization_id)
            | Q(role=Grant.CLIENT_SUCCESS, user__organization__vendor=True)
            | Q(role=Grant.LEAD, organization=self.user.organization_id, organization__vendor=True)
        )
        return frozenset(grants.values_list("role", "organization_id"))
