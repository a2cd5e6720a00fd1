"""`make bench N=100000`: the product against a hand-written limit, on the embedded server.

Each round gives each side a fresh clone of one database and a process of its own; the sides take turns at going
first. Prints a table, the product's seconds per step, and as the last line one JSON object for scripts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import generator, ground
from schedulepop import postgres

GOALS = {"load": 4.0, "unchanged": 3.0, "changed": 3.0}
GOAL_MB = 600
ROOT = Path(__file__).resolve().parent.parent
Round = dict[str, Any]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--n", type=int, default=100_000, help="records in the feed")
    parser.add_argument(
        "--rounds", type=int, default=3, help="rounds of both sides (at least 3 for figures to trust)"
    )
    given = parser.parse_args()
    console = Console(stderr=False, width=None if sys.stdout.isatty() else 110)
    rounds: dict[str, list[Round]] = {"limit": [], "product": []}
    with ground.server() as (urls, folder):
        console.print(
            f"{given.n:,} records, {len(generator.codes(given.n).locations):,} locations, {given.rounds} rounds"
        )
        at = _prepare(urls, folder, given.n)
        for number in range(given.rounds):
            for side in ("limit", "product") if number % 2 == 0 else ("product", "limit"):
                rounds[side].append(_one(urls, at, side))
                console.print(f"  round {number + 1} {side}: {_line(rounds[side][-1])}", highlight=False)
    console.print(_table(rounds))
    console.print(_steps(rounds["product"]))
    print(json.dumps(result(given.n, rounds)))
    return 0


def result(n: int, rounds: dict[str, list[Round]]) -> dict[str, Any]:
    """The last line: medians over all rounds, the peak of the hungriest one."""
    figures: dict[str, Any] = {"n": n}
    for phase in GOALS:
        limit_s, product_s = (median(_seconds(rounds[side], phase)) for side in ("limit", "product"))
        figures[phase] = {
            "limit_s": round(limit_s, 4), "product_s": round(product_s, 4), "ratio": round(product_s / limit_s, 2),
        }  # fmt: skip
    return figures | {"rss_mb": max(item["rss_mb"] for item in rounds["product"])}


def _prepare(urls: postgres.Urls, folder: Path, n: int) -> ground.Ground:
    (folder / "feed.csv").write_bytes(generator.feed(n))
    (folder / "changed.csv").write_bytes(generator.changed(n))
    export = folder / "export.csv"
    export.touch()
    return ground.make_template(urls, n, export)


def _one(urls: postgres.Urls, at: ground.Ground, side: str) -> Round:
    """One side, on a fresh clone, in a fresh process."""
    there = urls.database(f"bench_{side}")
    postgres.create_database(urls, f"bench_{side}", template=ground.TEMPLATE)
    try:
        ground.settle(there)
        given = {
            "side": side, "urls": {"app": there.app, "migrate": there.migrate, "owner": there.owner},
            "organization": at.organization, "integration": at.integration, "export": str(at.export),
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "bench.side", json.dumps(given)],
            cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"The {side} failed; its message is above.")
        answer: Round = json.loads(done.stdout.splitlines()[-1])
        return answer
    finally:
        postgres.drop_database(urls, f"bench_{side}")


def _seconds(rounds: list[Round], phase: str) -> list[float]:
    return [item["seconds"] for one in rounds for item in one["phases"] if item["phase"] == phase]


def _line(one: Round) -> str:
    phases = ", ".join(f"{phase} {median(_seconds([one], phase)):.3f} s" for phase in GOALS)
    return f"{phases}, peak {one['rss_mb']} MB"


def _table(rounds: dict[str, list[Round]]) -> Table:
    table = Table("", "limit", "product", "ratio", "goal")
    for column in table.columns[1:]:
        column.justify = "right"
    for phase, goal in GOALS.items():
        limit_s, product_s = (median(_seconds(rounds[side], phase)) for side in ("limit", "product"))
        ratio = product_s / limit_s
        color = "green" if ratio <= goal else "red"
        table.add_row(
            phase, f"{limit_s:.3f} s", f"{product_s:.3f} s", f"[{color}]{ratio:.2f}×[/]", f"≤ {goal:g}×"
        )
    peak, peak_limit = (max(item["rss_mb"] for item in rounds[side]) for side in ("product", "limit"))
    color = "green" if peak <= GOAL_MB else "red"
    table.add_row("peak memory", f"{peak_limit} MB", f"[{color}]{peak} MB[/]", "", f"≤ {GOAL_MB} MB")
    return table


def _steps(rounds: list[Round]) -> Table:
    """Seconds of the product's steps as its runs have them; a load's are those of its approval."""
    names = list(rounds[0]["phases"][0]["steps"])
    table = Table("product, seconds", *names)
    for column in table.columns[1:]:
        column.justify = "right"
    for phase in GOALS:
        steps = [item["steps"] for one in rounds for item in one["phases"] if item["phase"] == phase]
        table.add_row(phase, *(f"{median(step.get(name, 0.0) for step in steps):.3f}" for name in names))
    return table


if __name__ == "__main__":
    raise SystemExit(main())
