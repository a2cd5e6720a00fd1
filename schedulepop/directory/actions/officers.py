"""People without a location: the admins of an organization and the vendor's Client Success."""

from __future__ import annotations

from django.db import transaction

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization, User
from schedulepop.directory import names
from schedulepop.directory.actions import checks, rights


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

    Who may, and to whom, is as in `rights.grant`: what it refuses leaves no user behind.
    """
    stem = (username or names.stem(first_name, last_name)).lower()
    (free,) = names.free([stem], names.taken_like([stem]))
    user = User(
        organization=organization,
        username=free,
        first_name=checks.name(first_name, "First name"),
        last_name=checks.name(last_name, "Last name"),
        email=checks.email(email),
        phone=checks.phone(phone),
    )
    user.set_unusable_password()
    user.save()
    audit.record(
        actor, organization, "added", "user", user.pk, user=user, changes=[audit.change("role", None, role)]
    )
    rights.grant(user, role, works_for, actor=actor)
    return user
