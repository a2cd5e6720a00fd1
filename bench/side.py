"""One side of the comparison in a process of its own: the limit or the product, through all phases of one round.

Started by `bench.__main__` with what it needs as JSON in argv; answers with one JSON line. A phase is one nightly
run: payroll drops its file, the clock runs until the commit. Between phases nothing is measured: the night passes.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from bench import ground
from schedulepop import postgres

PHASES = (
    ("load", "feed.csv"),
    ("unchanged", "feed.csv"),
    ("unchanged", "feed.csv"),
    ("reordered", "reordered.csv"),
    ("reordered", "feed.csv"),
    ("changed", "changed.csv"),  # 1 % differ from the day before ...
    ("unchanged", "changed.csv"),
    ("changed", "feed.csv"),  # ... and again
)
SMALL, SMALL_NIGHTS = 50, 11
Run = Callable[[], dict[str, float]]  # drives one phase; what its steps took, if it knows


def run(work: dict[str, Any]) -> dict[str, Any]:
    """All phases; seconds of each, of the product's steps, and the peak of this process's memory."""
    urls = postgres.Urls(**work["urls"])
    export = Path(work["export"])
    if work["side"] == "small":
        return _small(urls, export.parent / "small.csv")
    at = ground.Ground(work["organization"], work["integration"], export)
    phase_of = _product if work["side"] == "product" else _limit
    drive = phase_of(urls, at)
    if (
        work["phases"] and "load" not in work["phases"]
    ):  # a clone is another database: everybody is compared once
        export.write_bytes((export.parent / "feed.csv").read_bytes())
        drive()
        ground.settle(urls)
    _forget_peak()
    measured: list[dict[str, Any]] = []
    for name, feed in PHASES:
        if name not in work["phases"]:
            continue
        export.write_bytes((export.parent / feed).read_bytes())
        os.sync() if os.geteuid() == 0 else None
        started = time.perf_counter()
        steps = drive()
        measured.append({"phase": name, "seconds": time.perf_counter() - started, "steps": steps})
        ground.settle(urls)
    return {"phases": measured, "rss_mb": _peak_mb()}


def _small(urls: postgres.Urls, export: Path) -> dict[str, Any]:
    """A home of 50 people in the warm process of a worker: milliseconds this process works for an unchanged night."""
    ground.set_up_django(urls)
    from bench import generator, product

    export.write_bytes(generator.feed(SMALL))
    at = ground.make(SMALL, export, name="Small Home")
    product.sync(at)
    ground.settle(urls)
    return {"process_ms": round(median(product.unchanged_ms(at) for _ in range(SMALL_NIGHTS)), 1)}


def _limit(urls: postgres.Urls, at: ground.Ground) -> Run:
    import psycopg

    from bench import limit

    database = psycopg.connect(urls.app, autocommit=True)

    def drive() -> dict[str, float]:
        limit.sync(database, at)
        return {}

    return drive


def _product(urls: postgres.Urls, at: ground.Ground) -> Run:
    ground.set_up_django(urls)
    from bench import product

    return lambda: product.sync(at)


def _forget_peak() -> None:
    """The peak counts from here: importing is not syncing. Linux only; elsewhere the whole life counts."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> int:
    try:
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) // 1024
    except (OSError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    print(json.dumps(run(json.loads(sys.argv[1]))))
