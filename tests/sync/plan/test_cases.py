"""Every folder of `cases/`: this directory and this feed give this plan and these issues.

To write a new case: make the folder with directory.csv and feed.csv, run `CASES_WRITE=1 pytest
tests/sync/plan/test_cases.py`, and read what it wrote before you keep it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from schedulepop.sync.plan.frames.outcomes import BUCKETS
from tests.sync.plan import case_answers, case_directory, casebook


@pytest.mark.parametrize("path", casebook.found(), ids=lambda path: path.name)
def test_case(path: Path) -> None:
    case = casebook.opened(path)
    now = case_directory.user_list(case)
    plans, issues = [], []
    for number, day in enumerate(case.days, 1):
        case_answers.answer(case, day, now)
        drawn = casebook.draw(case, day, now, sha256=day.feed)
        of_day = {"day": str(day.today)} if len(case.days) > 1 else {}
        plans += [of_day | line for line in casebook.told_plan(drawn, now)]
        issues += [of_day | line for line in casebook.told_issues(drawn)]
        assert sum(drawn.counts[bucket] for bucket in BUCKETS) == drawn.counts["read"]
        now.apply(drawn)
        if number == len(case.days):
            again = casebook.draw(case, day, now, sha256=day.feed)
            assert again.applicable.is_empty(), "the same feed again changes nothing"
    extra = ("day",) if len(case.days) > 1 else ()
    if os.environ.get("CASES_WRITE"):
        casebook.write(case, "plan.csv", plans, (*extra, *casebook.PLAN_COLUMNS))
        casebook.write(case, "issues.csv", issues, (*extra, *casebook.ISSUE_COLUMNS))
    assert plans == casebook.expected(case, "plan.csv")
    assert [_shape(line) for line in issues] == [
        _shape(line) for line in casebook.expected(case, "issues.csv")
    ]


def _shape(line: dict[str, str]) -> tuple[str, ...]:
    """The words may become better; which issue it is, of whom, may not change unseen."""
    return tuple(line[name] for name in ("issue", "row", "payroll_id"))
