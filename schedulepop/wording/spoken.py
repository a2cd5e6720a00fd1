"""Times, days and numbers as people say them: "2:14 this morning", "on Monday at 2:14 AM", "Nov 17", "nine"."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from schedulepop.wording.translation import gettext, ngettext
from schedulepop.wording.translation import gettext_noop as _

NUMBERS = (
    _("no"),
    _("one"),
    _("two"),
    _("three"),
    _("four"),
    _("five"),
    _("six"),
    _("seven"),
    _("eight"),
    _("nine"),
    _("ten"),
    _("eleven"),
    _("twelve"),
)


def number(n: int) -> str:
    """`nine`; above twelve in figures."""
    return gettext(NUMBERS[n]) if 0 <= n < len(NUMBERS) else f"{n:,}"


def clock(at: datetime) -> str:
    """`2:14 AM`; `at` is in the zone already."""
    return f"{at.hour % 12 or 12}:{at:%M %p}"


def day(value: date) -> str:
    """`Nov 17, 2026`."""
    return f"{value:%b} {value.day}, {value.year}"


def short_day(value: date, today: date) -> str:
    """`Nov 17`, with the year when it is another one."""
    return f"{value:%b} {value.day}" if value.year == today.year else day(value)


def moment(at: datetime, today: datetime) -> str:
    """A time as it fits into a sentence ("arrived 2:14 this morning"). Both times in the same zone."""
    if _is_now(at, today):
        return gettext("just now")
    return _lately(at, today) or gettext("on {day}").format(day=_another_day(at, today))


def moment_of(at: datetime, today: datetime) -> str:
    """The same, to stand behind "of": "the file of 2:14 this morning", "of Monday at 2:14 AM", "of a moment ago"."""
    if _is_now(at, today):
        return gettext("a moment ago")
    return _lately(at, today) or _another_day(at, today)


def _is_now(at: datetime, today: datetime) -> bool:
    return timedelta(0) <= today - at < timedelta(minutes=1)


def _lately(at: datetime, today: datetime) -> str:
    """Within the hour, today, yesterday or tomorrow; else empty."""
    days = (today.date() - at.date()).days
    if timedelta(0) <= today - at < timedelta(hours=1):
        minutes = int((today - at).total_seconds() // 60)
        return ngettext("{count} minute ago", "{count} minutes ago", minutes).format(count=minutes)
    if days == 0:
        return _part_of_today(at.hour).format(time=f"{at.hour % 12 or 12}:{at:%M}")
    if days == 1:
        return gettext("yesterday at {time}").format(time=clock(at))
    return gettext("tomorrow at {time}").format(time=clock(at)) if days == -1 else ""


def _part_of_today(hour: int) -> str:
    if hour < 12:
        return gettext("{time} this morning")
    return gettext("{time} this afternoon") if hour < 18 else gettext("{time} this evening")


def _another_day(at: datetime, today: datetime) -> str:
    if 1 < (today.date() - at.date()).days < 7:
        return gettext("{day} at {time}").format(day=f"{at:%A}", time=clock(at))
    return short_day(at.date(), today.date())
