"""How values are shown: people's words first, the exact value in `title` and `datetime`.

`{% when %}` tells times in the page's time zone (`shell.zone`); nothing here queries the database.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime
from functools import cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

import phonenumbers
from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import now

from schedulepop import employee
from schedulepop.messages.models import Message
from schedulepop.wording import activity, mail, spoken
from schedulepop.wording.spoken import clock, moment
from schedulepop.wording.translation import ngettext

register = template.Library()
Style = Literal["sentence", "at", "short", "clock", "exact"]
BADGES: dict[str, str] = {
    employee.Status.ACTIVE: "ok",
    employee.Status.UPCOMING: "info",
    employee.Status.LEAVE: "warn",
    employee.Status.FMLA: "warn",
    employee.Status.SUSPENDED: "warn",
    employee.Status.FURLOUGH: "warn",
    employee.Status.QUARANTINE: "warn",
}
PAY_UNITS = {
    "hour": "an hour",
    "day": "a day",
    "week": "a week",
    "two_weeks": "every two weeks",
    "month": "a month",
    "year": "a year",
}
CURRENCIES = {"USD": "$", "EUR": "€", "GBP": "£"}


@register.simple_tag
def asset(path: str) -> str:
    """The address of a static file, with a mark of its content, so that an upgrade is seen at once."""
    return f"{static(path)}?v={_mark(path)}"


@cache
def _mark(path: str) -> str:
    found = finders.find(path)
    if not isinstance(found, str):
        return ""
    with open(found, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()[:10]


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """An icon of the sprite; always beside a word, hence hidden from screen readers. `size`: "" or "sm"."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" {size}" if size else "",
        asset("web/icons.svg"),
        name,
    )


SHAPES = (
    '<rect class="shape" x="1.5" y="1.5" width="37" height="37" rx="10"/>',
    '<circle class="shape" cx="20" cy="20" r="18.5"/>',
    '<path class="shape" d="M11 2h18l9 18-9 18H11L2 20z"/>',
)


@register.simple_tag
def mark(title: str) -> SafeString:
    """A neutral mark of a payroll platform, our own: its initials in a shape. Always beside the name, hence hidden."""
    shape = SHAPES[sum(map(ord, title)) % len(SHAPES)]
    return format_html(
        '<svg class="platform-mark" viewBox="0 0 40 40" aria-hidden="true">{}<text x="20" y="25.5">{}</text></svg>',
        mark_safe(shape),  # noqa: S308 (one of ours)
        initials(title) if " " in title else title[:2],
    )


@register.filter
def phone(value: str) -> str:
    """`(515) 555-0178` for a North American number, the international form for others."""
    if not value:
        return ""
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return value
    national = number.country_code == 1
    form = (
        phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return str(phonenumbers.format_number(number, form))


@register.filter
def author(by: str) -> str:
    """Who did something, from what the audit trail calls them."""
    return activity.author(by)


@register.filter
def why_not_sent(message: Message) -> str:
    """Why a letter is not with its reader; "" where nothing is known."""
    return mail.why_not(message.cause, message.error)


EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"\(\d{3}\) \d{3}-\d{4}|\+\d[\d ()-]{6,}\d|\b\d{3}-\d{3}-\d{4}\b")


@register.filter
def contacts(text: str) -> SafeString:
    """A text in which every email address can be written to, and every phone number dialed."""
    linked = EMAIL.sub(_mail_link, str(escape(text or "")))
    return mark_safe(PHONE.sub(_phone_link, linked))  # noqa: S308 (escaped before)


def _mail_link(found: re.Match[str]) -> str:
    address = found.group()
    return f'<a href="mailto:{address}">{soft(address)}</a>'


def _phone_link(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found.group())
    number = f"+{digits}" if found.group().startswith("+") else f"+1{digits}"
    return f'<a href="tel:{number}">{phone(number)}</a>'


@register.filter
def initials(name: str) -> str:
    """Two letters for a face, from a name."""
    words = name.split()
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper() if words else ""


@register.filter
def plural(count: int, forms: str) -> str:
    """`{{ 66|plural:"person,people" }}` gives `66 people`."""
    one, many = forms.split(",")
    return f"{count:,} {ngettext(one, many, count)}"


@register.filter
def spelled(count: int, forms: str) -> str:
    """`{{ 9|spelled:"person,people" }}` gives `nine people`; above twelve in figures."""
    one, many = forms.split(",")
    return f"{spoken.number(count)} {ngettext(one, many, count)}"


@register.filter
def soft(text: str) -> SafeString:
    """Lets a long address break after its @ rather than anywhere."""
    return mark_safe(escape(text).replace("@", "@<wbr>"))  # noqa: S308 (escaped just before)


@register.filter
def upper_first(text: str) -> str:
    """A sentence's first letter, without touching the others."""
    return text[:1].upper() + text[1:]


@register.filter
def money(value: int | None, currency: str = "USD") -> str:
    """Ten-thousandths of the currency unit as an amount: `$18.50`, `$18.2525`."""
    if value is None:
        return ""
    whole, rest = divmod(value, 10_000)
    digits = f"{rest:04d}"
    cents = digits[:2] if digits.endswith("00") else digits.rstrip("0")
    sign = CURRENCIES.get(currency)
    amount = f"{whole:,}.{cents}"
    return f"{sign}{amount}" if sign else f"{amount} {currency}"


@register.filter
def pay_unit(value: str) -> str:
    """`hour` as `an hour`."""
    return PAY_UNITS.get(value, value)


@register.filter
def day(value: date | None) -> str:
    """`Nov 17, 2026`."""
    return f"{value:%b} {value.day}, {value.year}" if value else ""


@register.filter
def short_day(value: date | None) -> str:
    """`Nov 17`, with the year when it is another one."""
    if not value:
        return ""
    return f"{value:%b} {value.day}" if value.year == now().year else day(value)


@register.filter
def week_day(value: date | None) -> str:
    """`Thu, Nov 19`."""
    return f"{value:%a}, {short_day(value)}" if value else ""


@register.filter
def long_day(value: date) -> str:
    """`Tuesday, November 17`."""
    return f"{value:%A}, {value:%B} {value.day}"


@register.filter
def month(value: date | None) -> str:
    """`Nov 2026`."""
    return f"{value:%b} {value.year}" if value else ""


def exact(at: datetime) -> str:
    """`Tuesday, November 17, 2026, 2:14 AM CST`."""
    return f"{at:%A}, {at:%B} {at.day}, {at.year}, {clock(at)} {at:%Z}"


def time_words(at: datetime, today: datetime, style: Style = "sentence") -> str:
    """A time as people say it. Both times in the same zone.

    `sentence` fits into one ("data from 2:14 this morning"), `at` brings its preposition ("read at 2:14 this
    morning", "read on Monday at 2:14 AM"), `short` stands alone in a column.
    """
    if style == "at":
        words = time_words(at, today)
        return f"at {words}" if words[:1].isdigit() and not words.endswith("ago") else words
    days = (today.date() - at.date()).days
    if style == "exact":
        return exact(at)
    if style == "clock":
        return clock(at)
    if style == "short":
        if days == 0:
            return clock(at)
        return f"{at:%a}" if 0 < days < 7 else short_day(at.date())
    return moment(at, today)


@register.simple_tag(takes_context=True)
def when(context: dict[str, Any], value: datetime | None, style: Style = "sentence") -> SafeString | str:
    """A `<time>` that says when in words; the exact time is in its title. A view may set another `zone`."""
    if value is None:
        return ""
    shell = context.get("shell")
    zone = context.get("zone") or (shell.zone if shell else ZoneInfo("UTC"))
    at = value.astimezone(zone)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(timespec="seconds"),
        exact(at),
        time_words(at, now().astimezone(zone), style),
    )


@register.simple_tag
def badge(kind: str, text: str) -> SafeString:
    """A badge by consequence: ok, info, warn, risk or nothing."""
    return format_html('<span class="badge {}">{}</span>', kind, text)


@register.simple_tag
def status(membership: Any, bare: bool = False) -> SafeString:
    """The status badge of a membership: the consequence in a word, with its date where there is one."""
    if membership.access_blocked_at:
        return badge("risk", "Access blocked")
    kind, text = status_words(membership)
    return badge(f"{kind} bare" if bare and text == "Active" else kind, text)


def status_words(membership: Any) -> tuple[str, str]:
    """Kind and words of a membership's status; a staged end is still `ok`, with its date."""
    label = membership.status_label
    if membership.status == employee.Status.UPCOMING and membership.hire_date:
        label = f"Starts {short_day(membership.hire_date)}"
    elif membership.ends_on and not employee.is_ended(membership.status):
        label = f"Leaves {short_day(membership.ends_on)}"
    elif membership.leave_end and membership.status in employee.ON_LEAVE:
        label = f"Back {short_day(membership.leave_end)}"
    return BADGES.get(membership.status, ""), label
