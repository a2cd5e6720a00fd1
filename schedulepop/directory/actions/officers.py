"""People without a location: the admins of an organization and the vendor's Client Success."""

from __future__ import annotations

from django.db import transaction

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization, User
from schedulepop.directory import names
from schedulepop.directory.actions import checks, rights
from schedulepop.directory.actions.newcomers import NewPerson


@transaction.atomic
def add_granted(
    organization: Organization,
    who: NewPerson,
    *,
    works_for: Organization,
    actor: Actor,
    username: str = "",
) -> User:
    """A user of `organization` with a grant and no membership. They set up their account by a link.

    Who may, and to whom, is as in `rights.grant`: what it refuses leaves no user behind.
    """
    stem = (username or names.stem(who.first_name, who.last_name)).lower()
    (free,) = names.free([stem], names.taken_like([stem]))
    user = User(
        organization=organization,
        username=free,
        first_name=checks.name(who.first_name, "First name"),
        last_name=checks.name(who.last_name, "Last name"),
        email=checks.email(who.email),
        phone=checks.phone(who.phone),
    )
    user.set_unusable_password()
    user.save()
    audit.record(
        actor,
        organization,
        "added",
        ("user", user.pk),
        user=user,
        changes=[audit.change("role", None, who.role)],
    )
    rights.grant(user, who.role, works_for, actor=actor)
    return user
