"""The night line: last read, now, next sync, over a day's sky; and the sentence above it.

The heading has four forms, and a fifth where nobody reads payroll at all; it never claims what is not so.
Everything local_now is computed from an integration's row and the clock, so that it has tests without a browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from schedulepop.lib.spoken import clock
from schedulepop.sync.models import Integration, IntegrationState
from schedulepop.web.templatetags.words import time_words
from schedulepop.wording.translation import ngettext

FRESH_FOR = timedelta(hours=26)  # SPEC §4
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
RUNNING_STATES = (IntegrationState.ACTIVE, IntegrationState.QUARANTINED)


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


@dataclass(frozen=True)
class Headline:
    """The start page's headline, the line below it, and the line itself."""

    kind: str  # matches, held, silent, paused, preparing
    heading: str
    detail: str
    line: Line | None = None


def stalest(integrations: Sequence[Integration]) -> Integration | None:
    """The integration that says how fresh the list is: the one that has been silent longest."""
    live = [one for one in integrations if one.first_sync_done and one.last_success_at is not None]
    return min(live, key=lambda one: one.last_success_at or one.created_at, default=None)


def headline(
    integrations: Sequence[Integration],
    *,
    where: str,
    count: int,
    on_hold: int,
    next_at: datetime | None,
    at: datetime,
    zone: ZoneInfo,
) -> Headline:
    """The start page's headline. `on_hold`: people in this scope; `count`: people of the list."""
    one = stalest(integrations)
    local_now = at.astimezone(zone)
    if one is None or one.last_success_at is None:
        return Headline(
            "preparing",
            "Your first sync is being prepared.",
            "Client Success connects payroll, looks at what it would change, and only then fills your list. "
            "Until then nothing local_now changes by itself.",
        )
    read = one.last_success_at.astimezone(zone)
    source = (one.last_source_time or one.last_success_at).astimezone(zone)
    line = night_line(read, local_now, next_at.astimezone(zone) if next_at else None)
    people = f"{people_at(count, where)}, as payroll had them {time_words(source, local_now, 'at')}."
    if one.state not in RUNNING_STATES:
        why = {
            IntegrationState.PAUSED: "The sync is paused.",
            IntegrationState.FIRST_APPLIED: "The nightly sync is not switched on yet.",
        }.get(IntegrationState(one.state), "The nightly sync is switched off.")
        return Headline("paused", why, f"{people} Nothing changes by itself until it is on.", line)
    if at - one.last_success_at > FRESH_FOR:
        since = (
            f"since {read:%A}" if (local_now.date() - read.date()).days < 7 else f"since {read:%B} {read.day}"
        )
        return Headline(
            "silent", f"Payroll has not answered {since}.", f"{people} Nothing has been lost.", line
        )
    if on_hold:
        return Headline(
            "held", "Your list matches payroll, except", f"{people} Nobody on hold was touched.", line
        )
    return Headline("matches", "Your list matches payroll.", people, line)


def people_at(count: int, where: str) -> str:
    """`66 people at Maple Grove`, `240 people in all locations`."""
    amount = ngettext("%s person", "%s people", count) % f"{count:,}"
    return (
        f"{amount} in {where[0].lower()}{where[1:]}" if where == "All locations" else f"{amount} at {where}"
    )


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
