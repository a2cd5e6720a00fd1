"""What every write shares: may this actor, is the value one that can be kept, the row locked, the audit entry."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from zoneinfo import available_timezones

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from schedulepop.accounts import audit
from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import Organization, User
from schedulepop.directory import access, ranks
from schedulepop.directory.errors import NotAllowed, Refused
from schedulepop.directory.models import Location, Membership
from schedulepop.employee import LONGEST
from schedulepop.lib.phone import stored
from schedulepop.lib.text import clean


def require_settings(actor: Actor, organization: Organization) -> None:
    """Admin, Client Success or the operator."""
    if not actor.runs_syncs(organization):
        raise NotAllowed(f"Only an admin of {organization.name} or Client Success can do this.")


def require_admin(actor: Actor, organization: Organization) -> None:
    """Admin or the operator: pay and grants are the customer's own business."""
    if not actor.is_admin(organization):
        raise NotAllowed(f"Only an admin of {organization.name} can do this.")


def require_manages(actor: Actor, location: Location) -> None:
    """A manager of the location, or any of the above."""
    if not access.manages(actor, location):
        raise NotAllowed(f"Only a manager of {location.name} or an admin can do this.")


def require_manages_person(actor: Actor, user: User) -> None:
    """A manager of one of the person's locations, or any of the above."""
    managed = access.managed_locations(actor, user.organization)
    if (
        actor.runs_syncs(user.organization)
        or user.memberships.filter(location__in=managed.values("pk")).exists()
    ):
        return
    raise NotAllowed(f"Only a manager of a location of {user.full_name} or an admin can do this.")


def require_rank(actor: Actor, *users: User, location: Location | None = None) -> None:
    """Whatever lets one into an account or shuts one out: `ranks.may_change_account`, with the reason against it."""
    for user in users:
        more = ranks.beyond(actor, user, location=location)
        if not more:
            continue
        whole = {sight.what for sight in more if sight.location is None}
        if "set_up" in whole:
            raise NotAllowed(
                f"{user.full_name} works for Client Success, so only Client Success can do this."
            )
        if whole:
            raise NotAllowed(f"{user.full_name} is an admin, so only another admin can do this.")
        if "people" in {sight.what for sight in more}:
            raise NotAllowed(f"{user.full_name} manages another location too, so only an admin can do this.")
        raise NotAllowed(f"{user.full_name} may see pay, and you may not, so only an admin can do this.")


def record(actor: Actor, membership: Membership, verb: str, changes: Iterable[Mapping[str, object]]) -> None:
    """The audit entry of a write to a membership."""
    audit.record(
        actor,
        membership.organization,
        verb,
        ("membership", membership.pk),
        user=membership.user,
        location_id=membership.location_id,
        changes=changes,
    )


def lock(membership: Membership) -> Membership:
    """The membership as it is now, kept so until the transaction ends."""
    return (
        Membership.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user", "organization", "location", "primary_duty", "primary_zone")
        .get(pk=membership.pk)
    )


def name(value: object, label: str, longest: int = LONGEST["name"]) -> str:
    """A required name, tidied, without control characters (a feed's are not taken either)."""
    text = clean(str(value or "").replace("\x00", ""))
    if not text:
        raise Refused(f"{label} is missing.")
    if any(unicodedata.category(sign) == "Cc" for sign in text):
        raise Refused(f"{label} has a character that nobody can see. Type it anew.")
    if len(text) > longest:
        raise Refused(f"{label} is too long: at most {longest} characters.")
    return text


def first_name(value: object) -> str:
    """A first name, tidied; blank for somebody whose name is one word, which stands as the last (SPEC §5 Normalize)."""
    return name(value, "The first name") if clean(str(value or "").replace("\x00", "")) else ""


def email(value: object) -> str:
    """An email address with its domain in lower case; blank stays blank."""
    text = clean(str(value or ""))
    if not text:
        return ""
    try:
        return validate_email(text, check_deliverability=False, allow_smtputf8=True).normalized
    except EmailNotValidError:
        raise Refused(f"“{text}” is not an email address. Write it like name@example.com.") from None


def phone(value: object, country: str = "US") -> str:
    """A phone number in E.164, with its extension; blank stays blank."""
    text = clean(str(value or ""))
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise Refused(f"“{text}” is not a complete phone number. Write it with its area code.")
    return stored(number)


def timezone(value: str) -> str:
    """An IANA time zone."""
    if value not in available_timezones():
        raise Refused(f"“{value}” is not a time zone. Write it like America/New_York.")
    return value


def day(value: object, label: str) -> date | None:
    """A day, or None; text as 2026-11-17."""
    if value in (None, ""):
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Refused(f"{label} “{value}” is not a date. Write it like 2026-11-17.") from None
