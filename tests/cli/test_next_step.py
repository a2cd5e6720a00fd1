"""What `integration add` says comes next is what comes next."""

from __future__ import annotations

import pytest

from tests import made
from tests.cli.conftest import Run

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("connector", "following"),
    [
        ("file", "integration test maple-health/payroll"),
        ("drop", "integration drop maple-health/payroll --make"),
    ],
)
def test_the_next_step_of_a_new_integration(cli: Run, connector: str, following: str) -> None:
    made.organization()
    done = cli("integration", "add", "maple-health", "Payroll", "--connector", connector)
    assert done.exit_code == 0, done.output
    assert f"Next: schedulepop {following}" in " ".join(done.output.split())
