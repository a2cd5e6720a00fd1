"""Random months (6, all: 25) through the product's own doors on PostgreSQL, with a turned clock (see `months`)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.scale import reach
from tests.sync.plan.months.lists import OnPostgres
from tests.sync.plan.months.machine import Months


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(reach(3, 5)))
def test_no_month_breaks_a_promise_on_postgresql(part: int) -> None:
    how = settings(
        max_examples=reach(2, 5),
        stateful_step_count=12,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    with time_machine.travel(datetime(2026, 3, 9, 12, tzinfo=UTC), tick=True) as clock:

        class Stored(Months):
            """On the real tables."""

            def make() -> OnPostgres:  # type: ignore[misc]
                return OnPostgres(clock)

        run_state_machine_as_test(seed(part)(Stored), settings=how)
