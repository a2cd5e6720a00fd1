"""The year as one picture (SVG): people on the list week by week, hires and leavers, and where something was stopped.

Plain SVG with a style of its own for light and dark, so that it shows wherever a README is read.
"""

from __future__ import annotations

from html import escape
from typing import Any

from simulation.year import Day, Year

WIDTH, LEFT, RIGHT = 900, 56, 16
TOP, LINE_HEIGHT, BARS_HEIGHT, MARKS_HEIGHT = 64, 120, 110, 46
HEIGHT = TOP + LINE_HEIGHT + 24 + BARS_HEIGHT + MARKS_HEIGHT + 30
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #3d3a36; } .title { font-size: 16px; font-weight: 600; }
  .quiet { fill: #6d6862; } .grid { stroke: #d8d3cb; } .people { fill: none; stroke: #1f6f78; stroke-width: 2; }
  .hire { fill: #1f6f78; } .leaver { fill: #b08968; } .hold { fill: #8a5a00; } .bad { fill: #a3324a; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6e2dc; } .quiet { fill: #a8a29a; } .grid { stroke: #3c4048; } .people { stroke: #6fc3cc; }
    .hire { fill: #6fc3cc; } .leaver { fill: #d2ae8c; } .hold { fill: #e0a840; } .bad { fill: #ef8ba0; }
  }
"""


def year(simulated: Year, figures: dict[str, Any]) -> str:
    """The whole picture, with a title and a description for those who do not see it."""
    days = simulated.told
    weeks = [days[n : n + 7] for n in range(0, len(days), 7)]
    title = f"{figures['days']} mornings of Maple Health: {figures['hires']:,} hires, {figures['bad_feeds']} bad feeds"
    told = (
        f"Wrongly removed: {figures['wrongful_removals']}. Doubled: {figures['duplicates']}. Emails doubled or lost: "
        f"{figures['double_emails'] + figures['lost_emails']}. Bad feeds stopped: {figures['bad_feeds_held']} of "
        f"{figures['bad_feeds']}. Hires within 24 hours: {figures['hires_within_24h']} of {figures['hires']}."
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t d">',
        f'<title id="t">{escape(title)}</title><desc id="d">{escape(told)}</desc><style>{STYLE}</style>',
        f'<text class="title" x="{LEFT}" y="22">{escape(title)}</text>',
        f'<text class="quiet" x="{LEFT}" y="42">{escape(told)}</text>',
        *_people(simulated.judge.headcount[1:]),
        *_bars(weeks),
        *_marks(days),
        *_months(days),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(day: float, days: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * day / max(days, 1), 1)


def _people(counts: list[int]) -> list[str]:
    low, high = min(counts) - 5, max(counts) + 5
    points = " ".join(
        f"{_x(n, len(counts))},{round(TOP + LINE_HEIGHT * (high - count) / (high - low), 1)}"
        for n, count in enumerate(counts)
    )
    base = TOP + LINE_HEIGHT
    return [
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base}" y2="{base}"/>',
        f'<text class="quiet" x="{LEFT - 8}" y="{TOP + 10}" text-anchor="end">{high}</text>',
        f'<text class="quiet" x="{LEFT - 8}" y="{base}" text-anchor="end">{low}</text>',
        f'<text class="quiet" x="{LEFT}" y="{TOP - 4}">People who may sign in</text>',
        f'<polyline class="people" points="{points}"/>',
    ]


def _bars(weeks: list[list[Day]]) -> list[str]:
    top, middle = TOP + LINE_HEIGHT + 24, TOP + LINE_HEIGHT + 24 + BARS_HEIGHT / 2
    hires = [sum(d.counts.get("created", 0) + d.counts.get("reactivated", 0) for d in week) for week in weeks]
    leavers = [sum(d.counts.get("deactivated", 0) for d in week) for week in weeks]
    unit = (BARS_HEIGHT / 2 - 14) / max(*hires, *leavers, 1)
    width = round((WIDTH - LEFT - RIGHT) / len(weeks) - 3, 1)
    parts = [
        f'<text class="quiet" x="{LEFT}" y="{top + 4}">Hires (up) and leavers (down) a week</text>',
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{middle}" y2="{middle}"/>',
    ]
    for n, (up, down) in enumerate(zip(hires, leavers, strict=True)):
        x = _x(n, len(weeks))
        parts.append(
            f'<rect class="hire" x="{x}" y="{round(middle - up * unit, 1)}" width="{width}" '
            f'height="{round(up * unit, 1)}"/>'
        )
        parts.append(
            f'<rect class="leaver" x="{x}" y="{middle}" width="{width}" height="{round(down * unit, 1)}"/>'
        )
    return parts


def _marks(days: list[Day]) -> list[str]:
    """A diamond for a night with a hold, a square for a bad feed that was stopped; the bad ones by name."""
    y = TOP + LINE_HEIGHT + 24 + BARS_HEIGHT + 22
    parts = [
        f'<text class="quiet" x="{LEFT}" y="{y - 12}">Nights on which something waited, and bad feeds</text>'
    ]
    for n, day in enumerate(days):
        x = _x(n, len(days))
        if day.bad:
            word = escape(f"{day.on}: {day.bad}, {'stopped' if day.stopped else 'not stopped'}")
            parts.append(
                f'<rect class="bad" x="{x - 4}" y="{y - 4}" width="9" height="9"><title>{word}</title></rect>'
            )
        elif day.holds:
            word = escape(f"{day.on}: {', '.join(day.holds)}")
            parts.append(f'<path class="hold" d="M{x} {y - 5}l5 5l-5 5l-5 -5z"><title>{word}</title></path>')
    return parts


def _months(days: list[Day]) -> list[str]:
    return [
        f'<text class="quiet" x="{_x(n, len(days))}" y="{HEIGHT - 8}">{day.on:%b}</text>'
        for n, day in enumerate(days)
        if day.on.day == 1
    ]
