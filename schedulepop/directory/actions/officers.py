"""People without a location: the admins of an organization and the vendor's Client Success."""

from __future__ import annotations

from django.db import transaction

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Grant, Organization, User
from schedulepop.directory import names
from schedulepop.directory.actions import checks
from schedulepop.directory.errors import Refused


@transaction.atomic
def add_granted(
    organization: Organization,
    *,
    first_name: str,
    last_name: str,
    email: str,
    role: str,
    works_for: Organization,
    actor: Actor,
    phone: str = "",
    username: str = "",
) -> User:
    """A user of `organization` with a grant and no membership. They set up their account by a link.

    An admin belongs to the organization they administer, Client Success to the vendor's. Raises Refused.
    """
    checks.require_admin(actor, works_for)
    if role == Grant.CLIENT_SUCCESS and not organization.vendor:
        raise Refused(f"Client Success belongs to the vendor's organization, not to {organization.name}.")
    if role == Grant.ADMIN and organization != works_for:
        raise Refused("An admin belongs to the organization they administer.")
    stem = (username or names.stem(first_name, last_name)).lower()
    (free,) = names.free([stem], names.taken_like([stem]))
    user = User(
        organization=organization, username=free, first_name=checks.name(first_name, "First name"),
        last_name=checks.name(last_name, "Last name"), email=checks.email(email), phone=checks.phone(phone),
    )  # fmt: skip
    user.set_unusable_password()
    user.save()
    Grant.objects.create(user=user, role=role, organization=works_for)
    audit.record(
        actor, organization, "added", "user", user.pk, user=user, changes=[audit.change("role", None, role)]
    )
    return user
