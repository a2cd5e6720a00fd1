"""Times and days as people say them: "2:14 this morning", "on Monday at 2:14 AM", "Nov 17"."""

from __future__ import annotations

from datetime import date, datetime, timedelta


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
    """A time as it fits into a sentence ("the file of 2:14 this morning"). Both times in the same zone."""
    days = (today.date() - at.date()).days
    ago = today - at
    if timedelta(0) <= ago < timedelta(minutes=1):
        return "just now"
    if timedelta(0) <= ago < timedelta(hours=1):
        minutes = int(ago.total_seconds() // 60)
        return f"{minutes} {'minute' if minutes == 1 else 'minutes'} ago"
    if days == 0:
        part = "this morning" if at.hour < 12 else "this afternoon" if at.hour < 18 else "this evening"
        return f"{at.hour % 12 or 12}:{at:%M} {part}"
    if days == 1:
        return f"yesterday at {clock(at)}"
    if days == -1:
        return f"tomorrow at {clock(at)}"
    if 1 < days < 7:
        return f"on {at:%A} at {clock(at)}"
    return f"on {short_day(at.date(), today.date())}"
