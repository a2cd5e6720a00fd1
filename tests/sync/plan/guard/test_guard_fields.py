"""What counts as a field that changes for too many, beside the columns of the feed."""

from __future__ import annotations

import pytest

from schedulepop.wording import holds as hold_words
from tests.sync.plan.guard.test_guard_rules import edits, rules, scene, staff
from tests.sync.plan.made_frames import judged


@pytest.mark.parametrize(
    ("field", "label"), [("extra_duty", "Extra duty"), ("primary_location", "Primary location")]
)
def test_what_is_no_column_of_its_own_is_named_all_the_same(field: str, label: str) -> None:
    planned, told = edits(4, field)
    _, holds = judged(scene(staff(10), planned, fields=told))
    assert hold_words.reasons(holds.to_dicts())[0].startswith(f"“{label}” changes for 4 of 10 people")


@pytest.mark.parametrize("field", ["next_pay_rate", "extra_pay_rate"])
def test_pay_counts_by_its_jumps_alone_wherever_it_stands(field: str) -> None:
    planned, told = edits(4, field)
    assert rules(scene(staff(10), planned, fields=told)) == []
