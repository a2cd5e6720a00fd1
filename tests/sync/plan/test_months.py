"""Random months (50, all: 500) of payroll life through the pure plan, against a simple reference (see `months`)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.scale import reach
from tests.sync.plan.months.lists import InMemory
from tests.sync.plan.months.machine import Months

PARTS, EACH = 10, reach(5, 50)


class Pure(Months):
    """On a list in memory."""

    make = InMemory


@pytest.mark.parametrize("part", range(PARTS))
def test_no_month_breaks_a_promise(part: int) -> None:
    how = settings(
        max_examples=EACH,
        stateful_step_count=12,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(part)(Pure), settings=how)
