"""The example alerts of `deploy/` watch figures that there are, under the labels that they have."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from schedulepop.health import figures, metrics
from schedulepop.jobs import QUEUES
from schedulepop.sync.models import RunState
from tests.health.nothing import NOTHING, metric_names
from tests.house.documents import ROOT

FILE = ROOT / "deploy/prometheus-alerts.yml"
LABELS = {
    "queue": set(QUEUES),
    "condition": set(figures.INTEGRATIONS),
    "state": {*RunState.values, *figures.LETTERS},
    "of": {"everybody", "organization"},
}


def expressions() -> list[str]:
    return re.findall(r"^ +expr: (.+)$", FILE.read_text("utf-8"), re.M)


def test_every_figure_is_one_of_ours() -> None:
    named = [name for one in expressions() for name in re.findall(r"schedulepop_\w+", one)]
    assert len(named) > 8, "the search has gone blind"
    assert set(named) <= set(metric_names())


def test_every_label_has_the_value() -> None:
    asked = [
        (label, value)
        for one in expressions()
        for label, values in re.findall(r'(\w+)=~?"([^"]+)"', one)
        if label != "job"
        for value in values.split("|")
    ]
    assert asked
    assert [(label, value) for label, value in asked if value not in LABELS[label]] == []


def test_a_label_belongs_to_the_figure_it_stands_at() -> None:
    series = {
        (sample.name, *sample.labels.items())
        for family in metrics.families(NOTHING)
        for sample in family.samples
    }
    for one in expressions():
        for name, label, values in re.findall(r'(schedulepop_\w+)\{(\w+)=~?"([^"]+)"\}', one):
            for value in values.split("|"):
                assert (name, (label, value)) in series, one


def test_prometheus_takes_the_file() -> None:
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not there")
    done = subprocess.run(["promtool", "check", "rules", str(FILE)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
