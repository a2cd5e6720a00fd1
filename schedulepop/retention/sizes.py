"""How much of each kind is stored, once a day: growth is told from it, and nothing is counted for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from schedulepop.accounts.models import StoredSize

KEPT = timedelta(days=400)


def record(at: datetime) -> None:
    """The day's sizes, unless they are there; those of more than a year ago go."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_storedsize (day, kinds) SELECT %s, stored_sizes() ON CONFLICT (day) DO NOTHING",
            [at.date()],
        )
    StoredSize.objects.filter(day__lt=at.date() - KEPT).delete()
