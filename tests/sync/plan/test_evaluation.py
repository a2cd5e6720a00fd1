"""Match on the evaluation set: no false link by itself, ever, and questions worth asking (issue Engine, 1)."""

from __future__ import annotations

import pytest

from tests.sync.plan.evaluation.judged import judge, table


@pytest.mark.parametrize("first_sync", [False, True])
def test_nobody_is_taken_for_somebody_else_and_the_questions_are_worth_asking(
    first_sync: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = judge(first_sync=first_sync)
    with capsys.disabled():
        print(f"\n{table(figures)}")
    *kinds, every = figures
    assert every.false_links == 0
    assert every.records > 4_000
    assert every.linked > 80
    assert every.precision >= 0.84
    assert every.recall >= 0.96
    found = {one.kind: one for one in kinds}
    assert found["other: a hire like any"].asked <= 0.02 * found["other: a hire like any"].records
    assert (
        found["other: family sharing an email"].asked
        <= 0.05 * found["other: family sharing an email"].records
    )
    assert all(one.recall == 1 for one in kinds if one.kind.startswith("same") and "little" not in one.kind)
