"""Seconds per step, and the steps' names to whoever listens."""

from __future__ import annotations

import time
from collections.abc import Callable


def _ignore(name: str) -> None:
    """Nobody listens."""


class Stopwatch:
    """Measures one step after the other; `on_step` hears the name of each as it begins."""

    def __init__(self, on_step: Callable[[str], None] = _ignore) -> None:
        self._on_step = on_step
        self._begun: list[tuple[str, float]] = []

    def start(self, step: str) -> None:
        """The next step begins."""
        self._on_step(step)
        self._begun.append((step, time.perf_counter()))

    def seconds(self) -> dict[str, float]:
        """Of every step until now."""
        ends = [*(begun for _, begun in self._begun[1:]), time.perf_counter()]
        return {step: end - begun for (step, begun), end in zip(self._begun, ends, strict=True)}
