"""Who may sign in where, and since when files have not named somebody."""

from __future__ import annotations

from datetime import date

import polars as pl

from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.policy import Policy
from tests.sync.plan.months import reference

POLICY = Policy()
Seat = tuple[int, str]  # user, place code


def long_enough(gone: list[date]) -> bool:
    """Missing from enough files for enough days."""
    return len(gone) >= POLICY.missing_feeds and (gone[-1] - gone[0]).days >= POLICY.missing_days


def seats(now: Snapshot) -> set[Seat]:
    """Who may sign in where."""
    codes = dict(now.locations.select("location_id", "name").iter_rows())
    short = {name: code for code, name in reference.PLACES.items()}
    open_ = now.members.filter(pl.col("status").is_in(reference.SIGNS_IN))
    return {(user, short[codes[place]]) for user, place in open_.select("user_id", "location_id").iter_rows()}
