"""Many web processes count as one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from schedulepop.accounts import throttle


@pytest.mark.django_db(transaction=True)
def test_forty_attempts_at_once_are_ten() -> None:
    def attempt(_: int) -> bool:
        try:
            return throttle.begin("ines", "203.0.113.7", timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(40))) == throttle.PER_LOGIN
