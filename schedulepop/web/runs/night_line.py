"""The night line: last read, now, next sync, over a day's sky. Computed from times alone, so that it has tests
without a browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from schedulepop.wording.spoken import clock

SKY = (
    (time(5, 15), "night"),
    (time(6, 45), "sun"),
    (time(8, 15), "day"),
    (time(16, 45), "day"),
    (time(18, 15), "sun"),
    (time(19, 45), "night"),
)
"""The sky over a day; not astronomy, only the promise that the list is right by morning."""
LONGEST = timedelta(days=2)  # what the line can show without lying about its scale


@dataclass(frozen=True)
class Stop:
    """A color stop of the sky: where (percent) and which."""

    offset: str
    part: str


@dataclass(frozen=True)
class Line:
    """What the SVG draws; positions in percent of its width."""

    stops: tuple[Stop, ...]
    now_at: str
    now_anchor: str
    now_words: str
    read_words: str
    next_words: str
    label: str  # the whole line in one sentence, for who cannot see it


def night_line(read: datetime, local_now: datetime, following: datetime | None) -> Line:
    """The line from the last read to the next one. All three in the page's zone."""
    start = max(read, local_now - LONGEST)
    end = max(following or local_now, local_now)
    if end <= start:
        end = start + timedelta(hours=1)
    share = (local_now - start) / (end - start)
    percent = max(1.5, min(98.5, share * 100))
    anchor = "start" if percent < 14 else "end" if percent > 86 else "middle"
    read_words = (
        f"Read at {clock(read)}" if read.date() == local_now.date() else f"Read {read:%a}, {clock(read)}"
    )
    if following is None:
        next_words = "No next sync"
    elif following <= local_now:
        next_words = "Next at any minute"
    else:
        next_words = f"Next at about {clock(following)}"
    return Line(
        stops=_sky(start, end),
        now_at=f"{percent:.1f}%",
        now_anchor=anchor,
        now_words=f"Now, {clock(local_now)}",
        read_words=read_words,
        next_words=next_words,
        label=f"Payroll was {read_words[0].lower()}{read_words[1:]}. It is {clock(local_now)} now. {next_words}.",
    )


def _sky(start: datetime, end: datetime) -> tuple[Stop, ...]:
    """The stops between two moments, with one at each end so that the color there is right."""
    moments: list[tuple[datetime, str]] = []
    current = start.date() - timedelta(days=1)
    while current <= end.date() + timedelta(days=1):
        moments += [(datetime.combine(current, hour, tzinfo=start.tzinfo), part) for hour, part in SKY]
        current += timedelta(days=1)
    before = [part for at, part in moments if at <= start][-1]
    inside = [(at, part) for at, part in moments if start < at < end]
    last = inside[-1][1] if inside else before
    span = end - start
    return (
        Stop("0", before),
        *(Stop(f"{(at - start) / span:.4f}", part) for at, part in inside),
        Stop("1", last),
    )


def next_words(following: datetime | None, at: datetime, zone: ZoneInfo) -> str:
    """When payroll speaks next: `tonight’s sync at about 2:14`, `the next sync tomorrow at about 2:14 PM`."""
    if following is None:
        return "the next sync"
    due, local_now = following.astimezone(zone), at.astimezone(zone)
    if due <= local_now:
        return "the next sync, any minute now,"
    days = (due.date() - local_now.date()).days
    hour = f"{due.hour % 12 or 12}:{due:%M}"
    if due.hour < 6 and (days == 1 or (days == 0 and local_now.hour < 6)):
        return f"tonight’s sync at about {hour}"
    when = "today" if days == 0 else "tomorrow" if days == 1 else f"on {due:%A}"
    return f"the next sync {when} at about {clock(due)}"
