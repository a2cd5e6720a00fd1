"""Some weeks of the simulated year, in every test run: all five bad feeds come, and no promise is broken."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.house.documents import ROOT
from tests.scale import reach

MORNINGS = reach(16, 40)


def test_mornings_in_a_row_keep_the_three_promises() -> None:
    command = [sys.executable, "-m", "simulation", "--days", str(MORNINGS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    figures = json.loads(done.stdout.splitlines()[-1])
    promised = {
        name: figures[name] for name in ("duplicates", "wrongful_removals", "double_emails", "lost_emails")
    }
    assert promised == dict.fromkeys(promised, 0), done.stdout
    assert (figures["days"], figures["bad_feeds"], figures["bad_feeds_held"]) == (MORNINGS, 5, 5), done.stdout
    assert figures["hires"] >= MORNINGS // 4
    assert figures["hires_within_24h"] >= 0.99 * figures["hires"], done.stdout
    assert done.returncode == 0
