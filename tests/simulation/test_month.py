"""Some weeks of the simulated year, in every test run: every bad feed comes, and no promise is broken."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.house.documents import ROOT
from tests.scale import reach

MORNINGS = reach(10, 40)


@pytest.mark.parametrize(
    ("platforms", "bad"), [("", 5), ("adp_wfn,bamboohr,paylocity", 4)], ids=["a file", "three platforms"]
)
def test_mornings_in_a_row_keep_the_three_promises(platforms: str, bad: int) -> None:
    """`bad`: days on which payroll says something wrong. A platform sends no file of long ago."""
    command = [sys.executable, "-m", "simulation", "--days", str(MORNINGS), "--platforms", platforms]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    figures = json.loads(done.stdout.splitlines()[-1])
    promised = {
        name: figures[name] for name in ("duplicates", "wrongful_removals", "double_emails", "lost_emails")
    }
    assert promised == dict.fromkeys(promised, 0), done.stdout
    assert (figures["days"], figures["bad_feeds"], figures["bad_feeds_held"]) == (MORNINGS, bad, bad), (
        done.stdout
    )
    assert figures["hires"] >= MORNINGS // 4
    assert figures["hires_within_24h"] >= 0.99 * figures["hires"], done.stdout
    assert done.returncode == 0
