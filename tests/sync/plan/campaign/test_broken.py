"""A broken file is a sentence or a plan, within five seconds, and never a traceback."""

from __future__ import annotations

import time

import pytest

from schedulepop.sync.errors import NeedsAdmin
from schedulepop.sync.plan import trial
from schedulepop.wording import findings, refusals
from schedulepop.wording import holds as hold_words
from tests.sync.plan.campaign.broken import KINDS, files
from tests.sync.plan.made_frames import TODAY

LONGEST = 5.0  # seconds


@pytest.mark.parametrize(("name", "data"), [pytest.param(name, data, id=name) for name, data in files()])
def test_a_broken_file_is_a_sentence_or_a_plan(name: str, data: bytes) -> None:
    started = time.perf_counter()
    said = _said(data)
    assert all(one.strip()[-1] in ".?)" for one in said), name
    assert time.perf_counter() - started < LONGEST


def _said(data: bytes) -> list[str]:
    """The refusal, or what the plan's findings and holds say."""
    try:
        plan = trial.first_sync(trial.profile_file(data, name="payroll.csv"), today=TODAY)
    except NeedsAdmin as error:
        return [refusals.of(error)]
    buckets = ("created", "held", "rejected", "excluded")
    assert sum(plan.counts[one] for one in buckets) == plan.counts["read"]
    told = [findings.message(one) for one in plan.problems.iter_rows(named=True)]
    return told + hold_words.reasons(plan.holds.to_dicts())


def test_there_are_ten_kinds_and_enough_files() -> None:
    assert (len(KINDS), len(list(files())) >= 40) == (10, True)
