"""Every chart as numbers for an SVG: pure functions, so that a picture is tested like a sum.

Templates write these numbers into SVG attributes; there is no style attribute anywhere (CSP). Words never
live in a chart: each function also says in text what its picture shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from schedulepop.sync.plan.frames.outcomes import BUCKETS
from schedulepop.wording.translation import gettext, ngettext

if TYPE_CHECKING:
    from schedulepop.sync.review.night_outcomes import Outcome

_ROW = 36.0  # SVG units per bucket; the CSS gives each row 2.25rem
_TOP = 22.7  # the source bar stands a little in from the first and the last row
_GAP = 2.0
_LEAST = 4.7  # one record in 100,000 must still be seen
_WIDEST = 20.0  # at the right end, so that a ribbon never covers its neighbor's row

_TONES = {
    "created": "ok",
    "updated": "info",
    "reactivated": "ok",
    "transferred": "info",
    "deactivated": "risk",
    "unchanged": "quiet",
    "held": "warn",
    "rejected": "warn",
    "excluded": "quiet",
}


@dataclass(frozen=True, slots=True)
class Ribbon:
    """One stream of records from the source bar to its bucket's row."""

    tone: str  # ok, info, warn, risk, quiet
    path: str
    from_y: str
    from_height: str
    to_y: str
    to_height: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """A row of the flow: always all nine, zeros too."""

    name: str
    count: int

    @property
    def formatted(self) -> str:
        """The count with its thousands apart."""
        return f"{self.count:,}"


@dataclass(frozen=True, slots=True)
class Flow:
    """Where each record went: the words (buckets, sum) and the ribbons between."""

    read: int
    buckets: tuple[Bucket, ...]
    ribbons: tuple[Ribbon, ...]
    view_box: str
    total: str  # "3 + 11 + … = 197."
    adds_up: bool

    @property
    def read_formatted(self) -> str:
        """What was read, with its thousands apart."""
        return f"{self.read:,}"


def flow(counts: Mapping[str, int]) -> Flow:
    """The nine buckets of a run's counts, with ribbons as wide as their share of what was read."""
    buckets = tuple(Bucket(name, int(counts.get(name, 0))) for name in BUCKETS)
    filled = [bucket.count for bucket in buckets if bucket.count]
    height = _ROW * len(buckets)
    heights = iter(_share(filled, height - 2 * _TOP - _GAP * max(0, len(filled) - 1)))
    ribbons, y = [], _TOP
    for position, bucket in enumerate(buckets):
        if not bucket.count:
            continue
        left = next(heights)
        right = min(_WIDEST, max(5.0, left))
        middle = _ROW * (position + 0.5) - right / 2
        ribbons.append(_ribbon(_TONES[bucket.name], y, left, middle, right))
        y += left + _GAP
    read = int(counts.get("read", 0))
    total = f"{' + '.join(f'{count:,}' for count in filled) or '0'} = {sum(filled):,}."
    return Flow(read, buckets, tuple(ribbons), f"0 0 100 {height:g}", total, sum(filled) == read)


def _share(counts: Sequence[int], room: float) -> list[float]:
    """Heights in proportion, none below the least: what the small ones need is taken from the large ones."""
    whole = sum(counts)
    small = {i for i, count in enumerate(counts) if count * room < _LEAST * whole}
    rest = whole - sum(counts[i] for i in small)
    free = room - _LEAST * len(small)
    return [_LEAST if i in small else max(_LEAST, free * count / rest) for i, count in enumerate(counts)]


def _ribbon(tone: str, y: float, height: float, to_y: float, to_height: float) -> Ribbon:
    end, to_end = y + height, to_y + to_height
    path = (
        f"M6 {y:.1f}C55 {y:.1f} 45 {to_y:.1f} 97 {to_y:.1f}V{to_end:.1f}"
        f"C45 {to_end:.1f} 55 {end:.1f} 6 {end:.1f}Z"
    )
    return Ribbon(tone, path, f"{y:.1f}", f"{height:.1f}", f"{to_y:.1f}", f"{to_height:.1f}")


@dataclass(frozen=True, slots=True)
class Bar:
    """One column of a bar chart."""

    tone: str  # bar, risk, warn, info, quiet, gap
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Bars:
    """A small bar chart with an optional limit line."""

    bars: tuple[Bar, ...]
    limit_y: str  # "" when there is no limit
    view_box: str
    most_before: int  # the highest value before the last one
    cut: bool = False  # whether a bar is taller than shown


def nights(values: Sequence[int], limit: float | None = None, *, slots: int = 30) -> Bars:
    """One bar per night, oldest first; the last is tonight's and stands out when it reaches the limit."""
    shown = [0] * (slots - len(values)) + list(values[-slots:])
    top = max([1.0, float(limit or 0), *map(float, shown)])
    bars = []
    for position, value in enumerate(shown):
        last = position == slots - 1
        height = max(1.2, 46.0 * value / top)
        tone = "risk" if last and limit is not None and value >= limit else "bar"
        bars.append(Bar(tone, f"{position * 10 + 1:.1f}", f"{48 - height:.1f}", "8.0", f"{height:.1f}"))
    limit_y = f"{48 - 46.0 * limit / top:.1f}" if limit is not None else ""
    return Bars(tuple(bars), limit_y, f"0 0 {slots * 10} 48", max([0, *shown[:-1]]))


def runs(changed: Sequence[int], held: Sequence[int], *, slots: int = 30) -> Bars:
    """Changes applied with held ones on top, one column per run, oldest first.

    A run far above the usual (a first sync) is cut, with a gap near its top, so that usual nights stay legible.
    """
    pairs = list(zip(changed, held, strict=True))[-slots:]
    pairs = [(0, 0)] * (slots - len(pairs)) + pairs
    sums = [applied + waiting for applied, waiting in pairs]
    top = _usual_top(sums)
    bars: list[Bar] = []
    for position, (applied, waiting) in enumerate(pairs):
        x, cut = f"{position * 10 + 1:.1f}", sums[position] > top
        whole = 60.0 * min(1.0, sums[position] / top)
        upper = max(4.0, whole * waiting / sums[position]) if waiting else 0.0
        lower = max(1.2, whole - upper)
        bars.append(Bar("info" if applied else "quiet", x, f"{64 - lower:.1f}", "8.0", f"{lower:.1f}"))
        if waiting:
            bars.append(Bar("warn", x, f"{64 - lower - upper:.1f}", "8.0", f"{upper:.1f}"))
        if cut:
            bars.append(Bar("gap", x, "9.0", "8.0", "2.5"))
    return Bars(
        tuple(bars), "", f"0 0 {slots * 10} 64", max([0, *sums[:-1]]), any(value > top for value in sums)
    )


def _usual_top(sums: Sequence[int]) -> float:
    """The value that fills the chart: the highest, unless it is more than three times the second highest."""
    highest, second = sorted((0, 0, *sums), reverse=True)[:2]
    usual = max(second, 10)
    return float(max(1, usual if second and highest > 3 * usual else highest))


_HIGH = 20.0
_NIGHTS: dict[Outcome, tuple[str, tuple[tuple[float, float], ...]]] = {
    "applied": ("ok", ((8.0, 12.0),)),
    "held": ("warn", ((0.0, _HIGH),)),
    "failed": ("risk", ((0.0, 8.0), (12.0, 8.0))),
    "skipped": ("quiet", ((15.0, 5.0),)),
}
"""Tone and (y, height) of each part: in print and for who sees no colors, the shapes differ."""


@dataclass(frozen=True, slots=True)
class NightOutcome:
    """What came of one night, as a strip is told it. `url`: the run, where there is one to open."""

    day: date
    outcome: Outcome
    url: str = ""


@dataclass(frozen=True, slots=True)
class NightMark:
    """One night of the strip; `outcome` None: nothing ran."""

    day: date
    outcome: Outcome | None
    url: str
    bars: tuple[Bar, ...]

    @property
    def word(self) -> str:
        """What came of it, as the table and the hint say it."""
        return {"applied": "Applied", "held": "On hold", "failed": "Failed", "skipped": "Skipped"}.get(
            self.outcome or "", "No run"
        )


@dataclass(frozen=True, slots=True)
class NightsStrip:
    """The last nights of an integration or a customer, oldest first, and the same in a sentence."""

    nights: tuple[NightMark, ...]
    view_box: str
    summary: str

    @property
    def shapes(self) -> tuple[tuple[str, str], ...]:
        """(tone, path) of all marks of a tone together, for a list of many strips."""
        found: dict[str, list[str]] = {}
        for night in self.nights:
            for bar in night.bars:
                mark = f"M{bar.x} {bar.y}h{bar.width}v{bar.height}h-{bar.width}z"
                found.setdefault(bar.tone, []).append(mark)
        return tuple((tone, "".join(marks)) for tone, marks in found.items())

    @property
    def newest_first(self) -> tuple[NightMark, ...]:
        """For the table: nights in which something ran."""
        return tuple(night for night in reversed(self.nights) if night.outcome)


def nights_strip(nights: Iterable[NightOutcome], today: date, *, slots: int = 30) -> NightsStrip:
    """The last `slots` local days up to today, one mark a day. Of two runs of a day the graver one is shown."""
    weight: list[Outcome] = ["skipped", "applied", "held", "failed"]
    known: dict[date, NightOutcome] = {}
    for night in nights:
        before = known.get(night.day)
        if before is None or weight.index(night.outcome) >= weight.index(before.outcome):
            known[night.day] = night
    marks = []
    for position in range(slots):
        day = today - timedelta(days=slots - 1 - position)
        found = known.get(day)
        tone, parts = _NIGHTS[found.outcome] if found else ("quiet", ((18.8, 1.2),))
        x = f"{position * 10 + 1:.1f}"
        bars = tuple(Bar(tone, x, f"{y:.1f}", "8.0", f"{height:.1f}") for y, height in parts)
        marks.append(NightMark(day, found.outcome if found else None, found.url if found else "", bars))
    return NightsStrip(tuple(marks), f"0 0 {slots * 10} {_HIGH:g}", _nights_said(marks))


def _nights_said(marks: Sequence[NightMark]) -> str:
    """`28 nights applied, 1 on hold.`"""
    counts = Counter(mark.outcome for mark in marks if mark.outcome)
    said = []
    if count := counts["applied"]:
        said.append(ngettext("%s night applied", "%s nights applied", count) % count)
    others: tuple[tuple[Outcome, str], ...] = (
        ("held", gettext("{count} on hold")),
        ("failed", gettext("{count} failed")),
        ("skipped", gettext("{count} skipped")),
    )
    said += [words.format(count=counts[outcome]) for outcome, words in others if counts[outcome]]
    return f"{', '.join(said)}." if said else gettext("No night has run yet.")
