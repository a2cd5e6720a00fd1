"""What a message says: the facts of a person and their facility, put into the templates.

The facts are looked up when the letter is written, not when it was queued, so that a correction in between
is in it. The directory lies above messages, so memberships are reached through the user.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from schedulepop import employee
from schedulepop.accounts import support
from schedulepop.accounts.models import Invitation, User
from schedulepop.messages.models import Message


@dataclass(frozen=True)
class Kind:
    """One kind of message: its template, its subject, and the link it carries, if any."""

    template: str
    subject: str  # with {place} and {name}
    link: str = ""  # purpose of the link


KINDS: dict[str, Kind] = {
    "welcome": Kind("welcome", "{place}: set up your SchedulePop account", Invitation.SET_UP),
    "welcome_back": Kind("welcome_back", "{place}: welcome back to SchedulePop", Invitation.RESET),
    "set_up": Kind("set_up", "{place}: your new link to SchedulePop", Invitation.SET_UP),
    "reset": Kind("reset", "{place}: choose a new SchedulePop password", Invitation.RESET),
    "moved_address": Kind("moved_address", "{place}: your SchedulePop email address was changed"),
}
"""`set_up` is what "I forgot my password" sends to somebody who never had one."""


def write(message: Message, *, address: str, link: str, until: datetime | None) -> EmailMultiAlternatives:
    """The email, ready to send. `link` blank: none may be in it (an address several people use)."""
    kind = KINDS[message.kind]
    facts = _facts(message.user)
    facts.update(
        context=message.context,
        link=link,
        link_text=link.partition("://")[2],
        until=_until(until, facts["zone"]),
    )
    subject = kind.subject.format(place=_one_line(facts["place"]), name=_one_line(message.user.first_name))
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


def _facts(user: User) -> dict[str, Any]:
    organization = user.organization
    membership = (
        user.memberships.exclude(status__in=sorted(employee.ENDED))
        .select_related("location", "primary_duty", "primary_zone")
        .order_by("-is_primary", "pk")
        .first()
    )
    zone = ZoneInfo(membership.location.timezone if membership else organization.timezone)
    today = datetime.now(zone).date()
    place = membership.location.name if membership else organization.name
    roles = [membership.primary_duty, membership.primary_zone] if membership else []
    starts = (
        membership.hire_date
        if membership and membership.hire_date and membership.hire_date >= today
        else None
    )
    return {
        "user": user,
        "organization": organization,
        "place": place,
        "letter": next((c for c in place if c.isalnum()), "S").upper(),
        "first_day": _day(starts, today) if starts else "",
        "starts_as": ", ".join(part.name for part in roles if part is not None),
        "contact": support.contact(organization),
        "zone": zone,
        "base_url": settings.BASE_URL,
    }


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
