"""`make simulate`: a year of Maple Health in some minutes; a table, a chart, and one line of JSON for scripts."""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from simulation import ground
from simulation.dialects import DIALECTS


def main() -> int:
    """Simulate and print; exit 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="simulation", description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1, help="another year")
    parser.add_argument("--start", type=date.fromisoformat, default=date(2026, 2, 2))
    parser.add_argument(
        "--platforms",
        default="",
        metavar="KIND,KIND",
        help="read through these platforms' stubs, one after the other, with a switch by crosswalk between them",
    )
    parser.add_argument("--chart", type=Path, help="write the chart here (SVG)")
    given = parser.parse_args()
    platforms = tuple(kind for kind in given.platforms.split(",") if kind)
    if unknown := sorted(set(platforms) - set(DIALECTS)):
        parser.error(f"no dialect of {', '.join(unknown)}; known: {', '.join(sorted(DIALECTS))}")
    console = Console(stderr=False, width=None if sys.stdout.isatty() else 110)
    started = time.perf_counter()
    with ground.server() as folder:
        from simulation.year import Year  # Django is set up by the ground

        year = Year(folder, given.start, given.days, given.seed, platforms)
        with Progress(console=console, disable=not sys.stdout.isatty()) as bar:
            task = bar.add_task("Mornings", total=given.days)
            year.run(lambda n: bar.update(task, completed=n))
        from simulation import report

        figures = report.figures(year, time.perf_counter() - started)
        console.print(report.table(year))
        for line in report.broken(year):
            console.print(line, highlight=False)
    if given.chart:
        from simulation import picture

        given.chart.parent.mkdir(parents=True, exist_ok=True)
        given.chart.write_text(picture.year(year, figures), "utf-8")
    print(json.dumps(figures))
    return 0 if kept(figures) else 1


def kept(figures: dict[str, Any]) -> bool:
    """Whether every promise was kept."""
    clean = not any(
        figures[name] for name in ("duplicates", "wrongful_removals", "double_emails", "lost_emails")
    )
    held = figures["bad_feeds"] == figures["bad_feeds_held"]
    return clean and held and figures["hires_within_24h"] >= 0.99 * figures["hires"]


if __name__ == "__main__":
    sys.exit(main())
