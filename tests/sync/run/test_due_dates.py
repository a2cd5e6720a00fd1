"""When a run of the dates is wanted at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from schedulepop.directory.models import Location
from schedulepop.sync.run import effective_dates
from tests import made

pytestmark = pytest.mark.django_db


def test_the_minute_of_a_midnight_off_the_hour(payroll) -> None:
    Location.objects.update(timezone="Asia/Kolkata")
    midnight = datetime(2027, 5, 1, tzinfo=ZoneInfo("Asia/Kolkata"))
    assert effective_dates.midnight_somewhere(midnight)
    assert not effective_dates.midnight_somewhere(midnight + timedelta(minutes=1))
    Location.objects.update(timezone="America/New_York")
    assert not effective_dates.midnight_somewhere(
        datetime(2027, 5, 1, tzinfo=ZoneInfo("America/New_York"))
    ), "the hourly tick does these"


def test_is_due_without_a_location(payroll) -> None:
    Location.objects.update(closed_at=made.NOON)
    assert not effective_dates.is_due(
        payroll.integration, at=datetime(2027, 5, 1, tzinfo=ZoneInfo("America/New_York"))
    )
