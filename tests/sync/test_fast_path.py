"""A run that looks only at what may plan differently says the same as one that compares everybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench import generator, ground, product
from schedulepop.accounts.actors import Actor
from schedulepop.sync import runs, snapshot
from schedulepop.sync.frames import Snapshot
from schedulepop.sync.models import Integration, Run

pytestmark = pytest.mark.django_db
N = 500
OPERATOR = Actor.operator("test")


@pytest.fixture
def payroll(tmp_path: Path) -> Integration:
    """500 people, synced once, and no feed too small for the fast path."""
    export = tmp_path / "export.csv"
    export.write_bytes(generator.feed(N))
    made = ground.make(N, export)
    Integration.objects.filter(pk=made.integration).update(policy={"whole_compare_below": 0})
    product.sync(made)
    return Integration.objects.select_related("organization").get(pk=made.integration)


def night(payroll: Integration) -> Run:
    return runs.drive(runs.request(payroll, trigger="manual", actor=OPERATOR).pk)


def test_what_is_held_stays_held_by_the_same_figures(payroll: Integration) -> None:
    lines = generator.feed(N).decode().split("\n")
    gone = [line.replace(",Active,", ",Terminated,") for line in lines[:21]] + lines[21:]
    Path(payroll.config["path"]).write_text("\n".join(gone))
    first, again = night(payroll), night(payroll)
    assert {hold["limit"] for hold in first.holds} == {15}  # 3 % of the location
    assert (again.holds, again.counts["held"]) == (first.holds, first.counts["held"])


def test_a_night_without_a_change_does_not_count_the_guards_bases(
    payroll: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    load = snapshot.load

    def watched(*args: Any, bases: bool, **given: Any) -> Snapshot:
        asked.append(bases)
        return load(*args, bases=bases, **given)

    monkeypatch.setattr(snapshot, "load", watched)
    run = night(payroll)
    assert (asked, run.state, run.counts["unchanged"]) == ([False], "applied", N)
