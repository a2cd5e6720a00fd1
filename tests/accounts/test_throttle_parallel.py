"""Many web processes count as one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from schedulepop.accounts import throttle
from tests import made


@pytest.mark.django_db(transaction=True)
def test_forty_attempts_at_once_are_ten() -> None:
    def attempt(_: int) -> bool:
        try:
            return throttle.begin("ines", "203.0.113.7", timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(40))) == throttle.PER_LOGIN


@pytest.mark.django_db
def test_who_waited_while_others_were_written_down_does_not_slip_past() -> None:
    """Its own time is from before the wait."""
    later = made.NOON + timedelta(milliseconds=5)
    assert all(throttle.begin("ines", "203.0.113.7", later) for _ in range(throttle.PER_LOGIN))
    assert not throttle.begin("ines", "203.0.113.7", made.NOON)
