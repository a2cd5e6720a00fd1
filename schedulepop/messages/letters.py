"""What a message says: the facts of a person and their facility, put into the templates.

The facts are looked up when the letter is written, not when it was queued, so that a correction in between
is in it. Letters to who has not chosen a language yet are in English and Spanish. The directory
lies above messages, so memberships are reached through the user.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from schedulepop import employee
from schedulepop.accounts import support
from schedulepop.accounts.models import Invitation, Organization, User
from schedulepop.messages.models import Message


@dataclass(frozen=True)
class Kind:
    """One kind of message: its template, its subject, and the link it carries, if any."""

    template: str
    subject: str  # with {place}, {name} and {says}, which a notice brings along
    link: str = ""  # purpose of the link
    notice: bool = False  # about an organization's sync: its context names the organization and a page
    good_for: timedelta | None = None  # what has waited for longer is not sent; None: it never gets too old


DAY, WEEK = timedelta(days=1), timedelta(days=7)

KINDS: dict[str, Kind] = {
    "welcome": Kind("welcome", "{place}: set up your SchedulePop account", Invitation.SET_UP),
    "welcome_back": Kind("welcome_back", "{place}: welcome back to SchedulePop", Invitation.RESET),
    "set_up": Kind("set_up", "{place}: your new link to SchedulePop", Invitation.SET_UP),
    "reset": Kind("reset", "{place}: choose a new SchedulePop password", Invitation.RESET, good_for=DAY),
    "moved_address": Kind(
        "moved_address", "{place}: your SchedulePop email address was changed", Invitation.CONSENT
    ),
    "confirm_address": Kind(
        "confirm_address", "{place}: is this your email address?", Invitation.CONFIRM, good_for=DAY
    ),
    "second_factor_off": Kind("second_factor_off", "{place}: two-step sign-in was turned off"),
    "overwritten": Kind(
        "overwritten", "{place}: payroll replaced what you edited", notice=True, good_for=WEEK
    ),
    "alarm": Kind("alarm", "{place}: {says}", notice=True, good_for=WEEK),
    "digest": Kind("digest", "{place}: {says}", notice=True, good_for=DAY),
    "morning": Kind("morning", "{place}: {says}", notice=True, good_for=DAY),
    "late": Kind("late", "{place}: the User List is more than a day old", notice=True, good_for=WEEK),
    "upload_reminder": Kind("upload_reminder", "{place}: {says}", notice=True, good_for=DAY),
    "question": Kind("question", "{place}: {says}", notice=True, good_for=WEEK),
    "source_trouble": Kind("source_trouble", "{place}: {says}", notice=True, good_for=WEEK),
}
"""`set_up` is what "I forgot my password" sends to somebody who never had one. What a notice says was put
together when it was queued (`sync.notices`): a later run may have changed what it is about.

Too old is what a newer one has taken the place of (a morning's issues, a link that was asked for and surely asked for
again) after a day, and what is over (an alarm, a question) after a week. What leads somebody in, and what warns the
owner of an account, is never too old."""


class Employment(Protocol):
    """What a letter says of somebody's work: of a membership, or of an invented one."""

    location: Any  # with name and timezone
    hire_date: date | None
    primary_duty: Any  # with name, or None; so is the zone
    primary_zone: Any


def write(message: Message, *, address: str, link: str, until: datetime | None) -> EmailMultiAlternatives:
    """The email, ready to send. `link` blank: none may be in it (an address several people use)."""
    user = message.user
    about = (
        Organization.objects.get(pk=message.context["organization"])
        if KINDS[message.kind].notice
        else user.organization
    )
    work = (
        user.memberships.exclude(status__in=sorted(employee.ENDED))
        .select_related("location", "primary_duty", "primary_zone")
        .order_by("-is_primary", "pk")
        .first()
    )
    return rendered(message, about, work, address=address, link=link, until=until)


def rendered(
    message: Message,
    about: Organization,
    work: Employment | None,
    *,
    address: str,
    link: str,
    until: datetime | None,
) -> EmailMultiAlternatives:
    """The email from what is given; of the database it asks at most for whom the organization's people turn to."""
    kind = KINDS[message.kind]
    facts = _facts(message.user, work)
    if kind.notice:
        facts |= _about(about, message.user)
    facts.update(
        context=message.context,
        items=message.context.get("items", []),  # not context.items, which of a dict is its method
        link=link,
        link_text=link.partition("://")[2],
        until=_until(until, facts["zone"]),
    )
    subject = kind.subject.format(
        place=_one_line(facts["place"]),
        name=_one_line(message.user.short_name),
        says=_one_line(str(message.context.get("says") or "changes wait for your decision")),
    )
    facts["title"] = subject
    email = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"messages/{kind.template}.txt", facts).strip() + "\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[address],
        headers={
            "Message-ID": f"<message-{message.pk}@{_domain()}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    email.attach_alternative(render_to_string(f"messages/{kind.template}.html", facts), "text/html")
    return email


def _facts(user: User, work: Employment | None) -> dict[str, Any]:
    organization = user.organization
    zone = ZoneInfo(work.location.timezone if work else organization.timezone)
    today = datetime.now(zone).date()
    place = work.location.name if work else organization.name
    roles = [work.primary_duty, work.primary_zone] if work else []
    starts = work.hire_date if work and work.hire_date and work.hire_date >= today else None
    return {
        "user": user,
        "organization": organization,
        "place": place,
        "letter": _initial(place),
        "first_day": _day(starts, today) if starts else "",
        "starts_as": ", ".join(part.name for part in roles if part is not None),
        "contact": support.contact(organization),
        "zone": zone,
        "base_url": settings.BASE_URL,
        "days": settings.INVITATION_DAYS,
    }


def page(message: Message) -> str:
    """The address of the page a notice is about, from the settings alone."""
    return f"{settings.BASE_URL}{message.context['path']}"


def _about(organization: Organization, reader: User) -> dict[str, Any]:
    """A notice speaks of an organization, which for vendor staff is not their own; nobody is told to ask themselves."""
    contact = support.contact(organization)
    return {
        "organization": organization,
        "place": organization.name,
        "letter": _initial(organization.name),
        "contact": contact,
        "asks": bool(contact.email) and contact.email.lower() != reader.email.lower(),
    }


def _initial(place: str) -> str:
    return next((c for c in place if c.isalnum()), "S").upper()


def _day(day: date, today: date) -> str:
    said = f"{day:%A, %B} {day.day}"
    return said if abs((day - today).days) < 180 else f"{said}, {day.year}"


def _until(until: datetime | None, zone: ZoneInfo) -> str:
    if until is None:
        return ""
    at = until.astimezone(zone)
    return f"{at:%A, %B} {at.day} at {at.hour % 12 or 12}:{at:%M %p}"


def _one_line(value: str) -> str:
    """For a header: no line breaks, no control characters, not too long."""
    seen = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cf", "Cs") else c for c in value)
    return re.sub(r"\s+", " ", seen).strip()[:80]


def _domain() -> str:
    return (
        str(settings.BASE_URL).partition("://")[2].partition("/")[0].partition(":")[0]
        or "schedulepop.example"
    )
