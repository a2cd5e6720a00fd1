"""Some weeks of the simulated year, in every test run: all five bad feeds come, and no promise is broken."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.house.documents import ROOT


def test_forty_mornings_keep_the_three_promises() -> None:
    command = [sys.executable, "-m", "simulation", "--days", "40"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    figures = json.loads(done.stdout.splitlines()[-1])
    promised = {
        name: figures[name] for name in ("duplicates", "wrongful_removals", "double_emails", "lost_emails")
    }
    assert promised == dict.fromkeys(promised, 0), done.stdout
    assert (figures["days"], figures["bad_feeds"], figures["bad_feeds_held"]) == (40, 5, 5), done.stdout
    assert figures["hires"] > 10
    assert figures["hires_within_24h"] >= 0.99 * figures["hires"], done.stdout
    assert done.returncode == 0
