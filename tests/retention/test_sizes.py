"""What is stored of each kind, and how it grows: told by `doctor`, `status`, the operations page and the metrics."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now

from schedulepop.accounts.models import StoredSize
from schedulepop.health import figures
from schedulepop.retention import sizes, upkeep
from tests.cli.conftest import cli
from tests.sync.conftest import payroll, synced

__all__ = ["cli", "payroll", "synced"]
pytestmark = pytest.mark.django_db
SYNCED = pytest.mark.usefixtures("synced")


def told() -> dict[str, figures.Size]:
    return figures.read(queues=(), run_states=()).sizes


@SYNCED
def test_every_kind_has_a_size_and_the_first_day_no_growth() -> None:
    upkeep.of_all(now())
    assert set(told()) == set(figures.SIZES) == set(StoredSize.objects.get().kinds)
    assert all(one.bytes > 0 for one in told().values())
    assert {one.bytes_a_day for one in told().values()} == {None}


@SYNCED
def test_growth_is_of_about_a_week(cli) -> None:
    sizes.record(now() - timedelta(days=500))
    for days, less in ((30, 900_000), (7, 700_000), (2, 2_000)):
        kinds = {name: {"bytes": one.bytes - less, "rows": 1} for name, one in told().items()}
        StoredSize.objects.create(day=now().date() - timedelta(days=days), kinds=kinds)
    assert round(told()["files"].bytes_a_day or 0) == 100_000
    sizes.record(now())
    sizes.record(now())
    assert StoredSize.objects.count() == 4, "once a day, and none of more than a year ago"
    assert "+0.1 MB a day" in cli("doctor").stdout.replace("\n", " ")
