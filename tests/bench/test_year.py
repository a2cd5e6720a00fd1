"""The year of many homes: a few nights of it work, and what is missing at its end is found."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils.timezone import now

from bench import generator, ground, product, year_truth
from schedulepop.directory.models import Membership
from schedulepop.sync.models import Change
from tests.house.documents import ROOT

PEOPLE = 12


def test_some_nights_of_a_few_homes() -> None:
    words = [sys.executable, "-m", "bench.year", "2", "5", "--people", str(PEOPLE)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert (said["organizations"], said["days"], said["lost"]) == (2, 5, 0)
    assert said["bytes_per_organization"] > 0
    assert said["flat_after_day_90"] == {}, "nothing is said of a hundred days that were not"


@pytest.mark.django_db(transaction=True)
def test_what_is_lost_is_found(tmp_path: Path) -> None:
    export = tmp_path / "home-0.csv"
    export.write_bytes(generator.feed(PEOPLE))
    made = ground.make(PEOPLE, export, name="Home")
    product.sync(made)
    homes, today = year_truth.homes(tmp_path, 1, PEOPLE, days=3), now().date()
    assert year_truth.lost(homes, 0, today) == []
    assert len(year_truth.lost(homes, 1, today)) == 1, "a night without a run"
    Membership.objects.filter(employee_number="0000003").update(employee_number="3")
    homes[0].told["update"] += 1
    said = year_truth.lost(homes, 0, today)
    assert ["is ('" in one or "history" in one or "trail" in one for one in said] == [True] * 3
    assert Change.objects.exists()


def test_a_year_of_payroll_is_the_same_every_time_and_never_says_nothing_new_twice(tmp_path: Path) -> None:
    at = datetime(2026, 1, 5, tzinfo=UTC)
    one, two = (year_truth.homes(tmp_path / name, 1, PEOPLE, days=200)[0] for name in ("one", "two"))
    for home in (one, two):
        home.path.parent.mkdir()
        for number in range(200):
            before = [list(record) for record in home.records]
            year_truth.write_night(home, number, at + timedelta(days=number))
            changed = bool(home.changed_on) and home.changed_on[-1] == (at + timedelta(days=number)).date()
            assert (home.records != before) == changed
    assert one.path.read_bytes() == two.path.read_bytes()
    assert 20 < len(one.changed_on) < 80
    assert len(one.records) == PEOPLE
    assert one.told["create"] == len(one.left) > 0
