"""Kills spread over the seven steps, a pause, double starts; `make faults` has the long run.

A smaller feed than there, so that it fits into `make test`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.scale import reach

KILLS = reach(7, 20)


def test_whatever_dies_the_night_ends_as_if_nobody_had() -> None:
    """In a process of its own: it starts a server and points the product at many databases."""
    command = [
        sys.executable,
        "-m",
        "tests.faults",
        "--people",
        "600",
        "--hires",
        "30",
        "--kills",
        str(KILLS),
        "--pauses",
        str(reach(1, 2)),
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
        f'{{"kills": {KILLS}, "lost": 0, "doubled": 0, "torn_reads": 0'
    )
