"""Times as people say them, alone and behind "of"."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from schedulepop.wording import spoken

NOW = datetime(2026, 11, 18, 10, 30)  # a Wednesday


@pytest.mark.parametrize(
    ("ago", "said", "of"),
    [
        (timedelta(seconds=20), "just now", "a moment ago"),
        (timedelta(minutes=1), "1 minute ago", "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago", "59 minutes ago"),
        (timedelta(hours=8), "2:30 this morning", "2:30 this morning"),
        (timedelta(days=1), "yesterday at 10:30 AM", "yesterday at 10:30 AM"),
        (timedelta(days=-1), "tomorrow at 10:30 AM", "tomorrow at 10:30 AM"),
        (timedelta(days=2), "on Monday at 10:30 AM", "Monday at 10:30 AM"),
        (timedelta(days=7), "on Nov 11", "Nov 11"),
        (timedelta(days=365), "on Nov 18, 2025", "Nov 18, 2025"),
    ],
    ids=str,
)
def test_a_time_in_a_sentence(ago: timedelta, said: str, of: str) -> None:
    assert spoken.moment(NOW - ago, NOW) == said
    assert spoken.moment_of(NOW - ago, NOW) == of
