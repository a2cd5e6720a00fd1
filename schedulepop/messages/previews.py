"""Every letter as it would be written, for somebody invented: by the same templates, to nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.core.mail import EmailMultiAlternatives

from schedulepop.accounts import invitations
from schedulepop.accounts.models import Organization, User
from schedulepop.messages import letters
from schedulepop.messages.models import Message

Theme = Literal["light", "dark"]
NOBODYS_TOKEN = "preview"  # noqa: S105 (leads to the page of a link that is over)
_DARK = "@media (prefers-color-scheme: dark)"


@dataclass(frozen=True, slots=True)
class _Named:
    name: str
    timezone: str = ""


@dataclass
class _Work:
    location: Any  # _Named, as are the duty and the zone
    hire_date: date | None
    primary_duty: Any
    primary_zone: Any


_ITEMS = [
    {"title": "Maple Grove", "detail": "Noor Castellane: payroll’s zone MC-2 is not set up yet."},
    {
        "title": "Oak Hill",
        "detail": "9 of 65 people would lose access. They wait; everything else goes through.",
    },
]
_CONTEXTS: Mapping[str, Mapping[str, Any]] = {
    "moved_address": {"address": "ines.old@example.com"},
    "second_factor_off": {"by": "Joan Ferris"},
    "overwritten": {
        "items": [{"title": "Luis Quintanar", "detail": "Phone, Primary zone"}],
        "button": "Luis Quintanar",
    },
    "alarm": {
        "says": "9 people wait for your decision",
        "lead": "Nobody on hold was touched; everything else went through.",
        "number": 412,
        "items": _ITEMS[1:],
    },
    "digest": {"lead": "Two issues wait for you.", "items": _ITEMS},
    "morning": {
        "says": "two customers need you",
        "lead": "Two customers need you this morning.",
        "items": [
            {"title": "Maple Health", "detail": "Changes are on hold and wait for a decision."},
            {"title": "Cedar Care", "detail": "ADP Workforce Now cannot be read. 3 issues wait for you."},
        ],
    },
    "late": {"lead": "Payroll was last read on Saturday at 2:14 AM.", "name": "Payroll export"},
    "upload_reminder": {
        "says": "nobody has uploaded a file for 8 days",
        "lead": "The User List is as payroll had it on Sunday, November 22.",
        "name": "Payroll export",
    },
    "question": {
        "says": "Marisol Tate asks about Noor Castellane",
        "lead": "Noor Castellane and N. Castellane have one phone, (515) 555-0178, and their first days differ.",
        "reply": "Answer by replying to this email, or on the page.",
    },
    "source_trouble": {
        "says": "payroll export cannot be read",
        "lead": "There is no file at /exports/maple.csv. The list stays as it is, and the sync tries again by itself.",
        "name": "Payroll export",
    },
}
"""What a notice brings along (`sync.run.notify`), invented."""


def invented_organization() -> Organization:
    """Where no organization is named: one that is nowhere stored."""
    return Organization(
        name="Maple Health",
        timezone="America/New_York",
        support_name="Dana Whitfield",
        support_email="dana@schedulepop.example",
        support_phone="+1 555 010 0100",
    )


def preview(
    kind: str, organization: Organization, now: datetime, *, place: str = "Maple Grove"
) -> EmailMultiAlternatives:
    """The letter of a kind as Ines Calloway of this organization would get it. Raises KeyError for no kind of ours.

    Its link leads nowhere. Nothing is stored, and nothing can be sent to her: her address is an example's.
    """
    one = letters.KINDS[kind]
    ines = User(
        organization=organization,
        username="ines.calloway",
        first_name="Ines",
        last_name="Calloway",
        email="ines.calloway@maplehealth.example",
    )
    context = {"path": "/", **_CONTEXTS.get(kind, {})}
    message = Message(pk=0, organization=organization, user=ines, kind=kind, context=context)
    first_day = (now + timedelta(days=9)).date() if kind == "welcome" else None
    work = _Work(_Named(place, organization.timezone), first_day, _Named("RN"), _Named("Memory Care"))
    link = letters.page(message) if one.notice else ""
    if one.link:
        link = invitations.link(NOBODYS_TOKEN, one.link)
    address = str(context.get("address", ines.email))
    until = invitations.expiry(now) if one.link else None
    return letters.rendered(message, organization, work, address=address, link=link, until=until)


def html_of(email: EmailMultiAlternatives, theme: Theme | None = None) -> str:
    """The HTML part; as a device of that theme would show it, whatever the reader's is."""
    html = str(email.alternatives[0][0])
    if theme is None:
        return html
    return html.replace(_DARK, "@media all" if theme == "dark" else "@media not all").replace(
        "light dark", theme
    )
