"""People without a location: the admins of an organization and the vendor's Client Success."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Grant, Organization, User
from schedulepop.directory import names
from schedulepop.directory.actions import checks, rights
from schedulepop.directory.actions.newcomers import NewPerson
from schedulepop.directory.errors import Refused
from schedulepop.lib.text import sort_key


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

    Who may, and to whom, is as in `rights.grant`: what it refuses leaves no user behind. A second account of the same
    Client Success person is refused, with the grant that does it instead.
    """
    if who.role == Grant.CLIENT_SUCCESS:
        _refuse_second(organization, who, works_for)
    stem = (username or names.stem(who.first_name, who.last_name)).lower()
    (free,) = names.free([stem], names.taken_like([stem]))
    user = User(
        organization=organization,
        username=free,
        first_name=checks.first_name(who.first_name),
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


def _refuse_second(vendor: Organization, who: NewPerson, works_for: Organization) -> None:
    """One account sees all customers it is granted: two would split a person's work, and their sign-in."""
    same = Q(sort_name=sort_key(who.first_name, who.last_name)[:250])
    if email := checks.email(who.email):
        same |= Q(email__iexact=email) | Q(confirmed_email__iexact=email)
    found = User.objects.filter(same, organization=vendor, merged_into=None).order_by("pk").first()
    if found is not None:
        raise Refused(
            f"{found.full_name} ({found.username}) has an account already, and one account serves all customers. "
            f"Grant it instead: schedulepop users grant {works_for.slug} {found.username} --role client_success"
        )
