"""Kills spread over the seven steps of a night and of a run at once, a pause, double starts; `make faults` has the long
run.

A smaller feed than there, so that it fits into `make test`: 200 people, 16 hires, a kill in each step, one pause and
two double starts; all: 600 people and twice to three times as many of each.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.scale import reach

KILLS = reach(7, 20)
AT_ONCE = reach(4, 14)


def test_whatever_dies_the_night_ends_as_if_nobody_had() -> None:
    """In a process of its own: it starts a server and points the product at many databases."""
    command = [
        sys.executable,
        "-m",
        "tests.faults",
        "--people",
        str(reach(200, 600)),
        "--hires",
        str(reach(16, 30)),
        "--kills",
        str(KILLS),
        "--pauses",
        str(reach(1, 2)),
        "--restarts",
        str(reach(0, 3)),
        "--at-once",
        str(AT_ONCE),
        "--double-starts",
        str(reach(2, 5)),
        "--only-rounds",
    ]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    done = subprocess.run(
        command, capture_output=True, text=True, env=kept, cwd=Path(__file__).parents[2], check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert done.stdout.splitlines()[-1].startswith(
        f'{{"kills": {KILLS + AT_ONCE}, "lost": 0, "doubled": 0, "torn_reads": 0'
    )
