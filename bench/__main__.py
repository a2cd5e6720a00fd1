"""`make bench N=100000`: the product against a hand-written limit, on the embedded server.

Each round gives each side a fresh clone of one database and a process of its own; the sides take turns at going
first. Where `load` is not among the phases each side loads once, unmeasured, and its rounds start from clones of that.
`unchanged` is the same file again, `reordered` the same records in another order, so that the file has to be read;
it has no goal of its own. Beside it a home of 50 people, whose unchanged night is measured by the time this process
itself takes. Prints a table, the product's seconds per step, and as the last line one JSON object for scripts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import generator, ground
from schedulepop import postgres

GOALS: dict[str, float | None] = {"load": 3.0, "unchanged": 2.0, "reordered": None, "changed": 2.0}
GOAL_MB, GOAL_MB_LARGE, LARGE = 600, 2_000, 500_000
GOAL_SMALL_MS = 30
ROOT = Path(__file__).resolve().parent.parent
Round = dict[str, Any]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--n", type=int, default=100_000, help="records in the feed")
    parser.add_argument(
        "--rounds", type=int, default=3, help="rounds of both sides (at least 3 for figures to trust)"
    )
    parser.add_argument("--phases", default=",".join(GOALS), help="which to measure, with commas between")
    options = parser.parse_args()
    phases = [phase for phase in GOALS if phase in options.phases.split(",")]
    console = Console(stderr=False, width=None if sys.stdout.isatty() else 110)
    rounds: dict[str, list[Round]] = {"limit": [], "product": []}
    with ground.server() as (urls, folder):
        console.print(
            f"{options.n:,} records, {len(generator.codes(options.n).locations):,} locations, {options.rounds} rounds"
        )
        at = _prepare(urls, folder, options.n)
        if "load" not in phases:
            for side in rounds:
                one = _one(urls, at, side, ["load"], keep=True)
                console.print(f"  {side} has loaded: {_line(one, ['load'])}", highlight=False)
        for number in range(options.rounds):
            for side in ("limit", "product") if number % 2 == 0 else ("product", "limit"):
                rounds[side].append(_one(urls, at, side, phases))
                console.print(
                    f"  round {number + 1} {side}: {_line(rounds[side][-1], phases)}", highlight=False
                )
        small_ms = _one(urls, at, "small", [])["process_ms"]
    console.print(_table(options.n, rounds, phases, small_ms))
    console.print(_steps(rounds["product"], phases))
    print(json.dumps(result(options.n, rounds, phases) | {"small": {"people": 50, "process_ms": small_ms}}))
    return 0


def result(n: int, rounds: dict[str, list[Round]], phases: Sequence[str] = tuple(GOALS)) -> dict[str, Any]:
    """The last line: medians over all rounds, the peak of the hungriest one."""
    figures: dict[str, Any] = {"n": n}
    for phase in phases:
        limit_s, product_s = (median(_seconds(rounds[side], phase)) for side in ("limit", "product"))
        figures[phase] = {
            "limit_s": round(limit_s, 4),
            "product_s": round(product_s, 4),
            "ratio": round(product_s / limit_s, 2),
        }
    return figures | {"rss_mb": max(item["rss_mb"] for item in rounds["product"])}


def _prepare(urls: postgres.Urls, folder: Path, n: int) -> ground.Ground:
    (folder / "feed.csv").write_bytes(generator.feed(n))
    (folder / "changed.csv").write_bytes(generator.changed(n))
    (folder / "reordered.csv").write_bytes(generator.reordered(n))
    export = folder / "export.csv"
    export.touch()
    return ground.make_template(urls, n, export)


def _one(
    urls: postgres.Urls, at: ground.Ground, side: str, phases: Sequence[str], *, keep: bool = False
) -> Round:
    """One side, on a fresh clone, in a fresh process. `keep`: its database stays for others to start from."""
    loaded = f"bench_{side}_loaded"
    name = loaded if keep else f"bench_{side}"
    there = urls.database(name)
    start = ground.TEMPLATE if keep or "load" in phases or side == "small" else loaded
    postgres.create_database(urls, name, template=start)
    try:
        ground.settle(there)
        work = {
            "side": side,
            "urls": {"app": there.app, "migrate": there.migrate, "owner": there.owner},
            "organization": at.organization,
            "integration": at.integration,
            "export": str(at.export),
            "phases": list(phases),
        }
        done = subprocess.run(
            [sys.executable, "-m", "bench.side", json.dumps(work)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"The {side} failed; its message is above.")
        answer: Round = json.loads(done.stdout.splitlines()[-1])
        return answer
    finally:
        if not keep:
            postgres.drop_database(urls, name)


def _seconds(rounds: list[Round], phase: str) -> list[float]:
    return [item["seconds"] for one in rounds for item in one["phases"] if item["phase"] == phase]


def _line(one: Round, phases: Sequence[str]) -> str:
    told = ", ".join(f"{phase} {median(_seconds([one], phase)):.3f} s" for phase in phases)
    return f"{told}, peak {one['rss_mb']} MB"


def _table(n: int, rounds: dict[str, list[Round]], phases: Sequence[str], small_ms: float) -> Table:
    table = Table("", "limit", "product", "ratio", "goal")
    for column in table.columns[1:]:
        column.justify = "right"
    for phase in phases:
        goal = GOALS[phase]
        limit_s, product_s = (median(_seconds(rounds[side], phase)) for side in ("limit", "product"))
        ratio = product_s / limit_s
        color = "default" if goal is None else "green" if ratio <= goal else "red"
        table.add_row(
            phase,
            f"{limit_s:.3f} s",
            f"{product_s:.3f} s",
            f"[{color}]{ratio:.2f}×[/]",
            f"≤ {goal:g}×" if goal else "",
        )
    peak, peak_limit = (max(item["rss_mb"] for item in rounds[side]) for side in ("product", "limit"))
    most = GOAL_MB_LARGE if n >= LARGE else GOAL_MB
    color = "green" if peak <= most else "red"
    table.add_row("peak memory", f"{peak_limit} MB", f"[{color}]{peak} MB[/]", "", f"≤ {most} MB")
    color = "green" if small_ms <= GOAL_SMALL_MS else "red"
    table.add_row(
        "50 people, unchanged, process time",
        "",
        f"[{color}]{small_ms:.1f} ms[/]",
        "",
        f"≤ {GOAL_SMALL_MS} ms",
    )
    return table


def _steps(rounds: list[Round], phases: Sequence[str]) -> Table:
    """Seconds of the product's steps as its runs have them; a load's are those of its approval."""
    names = list(rounds[0]["phases"][0]["steps"])
    table = Table("product, seconds", *names)
    for column in table.columns[1:]:
        column.justify = "right"
    for phase in phases:
        steps = [item["steps"] for one in rounds for item in one["phases"] if item["phase"] == phase]
        table.add_row(phase, *(f"{median(step.get(name, 0.0) for step in steps):.3f}" for name in names))
    return table


if __name__ == "__main__":
    raise SystemExit(main())
