"""Pictures over months and over days, as numbers for an SVG; drawn like those of `charts`, with the same colors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schedulepop.web.shell.charts import Bar

_STEP = 10.0
_HIGH, _LOW = 40.0, 14.0  # room for headcount above the line, and for leavers below it


@dataclass(frozen=True, slots=True)
class Months:
    """A bar of headcount per month, and below the line one of who left; months that are not counted are pale."""

    bars: tuple[Bar, ...]
    line_y: str
    view_box: str


def months(people: Sequence[int], left: Sequence[int], *, known_from: int = 0) -> Months:
    """One column per month, oldest first. `known_from`: the first month whose leavers are known.

    Leavers have a scale of their own: one who left is seen beside a headcount of hundreds.
    """
    top, most = max([1, *people]), max([1, *left])
    bars = []
    for position, (here, gone) in enumerate(zip(people, left, strict=True)):
        x, known = f"{position * _STEP + 1:.1f}", position >= known_from
        height = max(1.2, _HIGH * here / top) if here else 0.6
        tone = "info" if known else "quiet"
        bars.append(Bar(tone, x, f"{_HIGH - height:.1f}", "8.0", f"{height:.1f}"))
        if gone and known:
            bars.append(Bar("warn", x, f"{_HIGH + 1.5:.1f}", "8.0", f"{max(2.0, _LOW * gone / most):.1f}"))
    return Months(tuple(bars), f"{_HIGH + 0.7:.1f}", f"0 0 {len(people) * _STEP:g} {_HIGH + _LOW + 2:g}")


@dataclass(frozen=True, slots=True)
class Columns:
    """A few wide columns of one measure."""

    bars: tuple[Bar, ...]
    view_box: str


def columns(values: Sequence[int], *, pale: int = 0) -> Columns:
    """One column per value; the last `pale` of them are what is still open."""
    top = max([1, *values])
    bars = []
    for position, value in enumerate(values):
        height = max(1.2, 46.0 * value / top)
        tone = "quiet" if position >= len(values) - pale else "info"
        bars.append(Bar(tone, f"{position * 20 + 1:.1f}", f"{48 - height:.1f}", "18.0", f"{height:.1f}"))
    return Columns(tuple(bars), f"0 0 {len(values) * 20} 48")
