"""Some people between two nights: what an open hold covers stays covered, and thirty single ones count as thirty."""

from __future__ import annotations

import polars as pl
import pytest

from schedulepop.sync.plan.frames.changes import FIELD
from schedulepop.sync.plan.frames.outcomes import AT_ONCE, CREATED, REMOVED
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.frames.steps import Changes, Verdict
from schedulepop.sync.plan.guard import FeedFigures, GuardContext, Hold, guard_some
from schedulepop.sync.plan.policy import Policy
from tests.sync.plan.guard.test_deferrals import hiring, leaving
from tests.sync.plan.guard.test_guard import scopes, staff
from tests.sync.plan.guard.test_status_rules import saying
from tests.sync.plan.made_frames import NORTH, SOUTH, changes, frame


def asked(
    now: Snapshot,
    planned: pl.DataFrame,
    *standing: Hold,
    whole: GuardContext | None = None,
    fields: pl.DataFrame | None = None,
    before: list[dict[str, object]] | None = None,
) -> tuple[Verdict, list[str]]:
    """The verdict, and whose changes are stopped without being asked."""
    context = GuardContext(
        changes=Changes(rows=planned, fields=fields if fields is not None else pl.DataFrame(schema=FIELD)),
        snapshot=now,
        policy=Policy(),
        at_once=frame(before or [], AT_ONCE),
    )
    verdict, stopped = guard_some(context, whole, standing)
    return verdict, stopped["source_id"].to_list()


def hold(rule: str, location: int | None = NORTH, person: str | None = None) -> Hold:
    return Hold(rule, 12.0, 3.0, {}, location, person)


def going(verdict: Verdict) -> list[str]:
    rows = verdict.changes.rows
    return rows.filter(pl.col("held_by").is_null())["source_id"].to_list()


def test_without_an_open_hold_they_go_through() -> None:
    verdict, stopped = asked(staff(80), changes(*hiring("900"), {"source_id": "004"}))
    assert going(verdict) == ["900", "004"]
    assert stopped == []
    assert verdict.holds.is_empty()


@pytest.mark.parametrize(
    ("rule", "covered"),
    [
        ("short", ["900", "004", "007"]),  # a doubt about the feed: everybody there
        ("creates_location", ["900"]),
        ("removals_location", ["007"]),
        ("removals_week", ["007"]),
        ("status_words", ["900"]),
        ("last_manager", []),  # about one person: asked anew
    ],
)
def test_what_an_open_hold_of_the_location_covers_is_stopped_and_not_asked(
    rule: str, covered: list[str]
) -> None:
    now = staff(80, 20)
    planned = pl.concat([changes(*hiring("900"), {"source_id": "004"}), _numbered(leaving(now, "007"), 2)])
    verdict, stopped = asked(now, planned, hold(rule))
    assert stopped == covered
    assert going(verdict) == [one for one in ("900", "004", "007") if one not in covered]
    assert verdict.holds.is_empty()


def test_a_hold_of_another_location_covers_nobody_here() -> None:
    now = staff(80, 20)
    verdict, stopped = asked(now, leaving(now, "007"), hold("removals_location", SOUTH))
    assert (going(verdict), stopped) == (["007"], [])


def test_a_hold_of_the_organization_covers_every_location() -> None:
    now = staff(80, 20)
    _, stopped = asked(now, leaving(now, "007"), hold("removals_organization", None))
    assert stopped == ["007"]


def test_a_new_hire_who_resembles_somebody_leaving_stays_held_and_their_neighbor_does_not() -> None:
    verdict, stopped = asked(staff(80), changes(*hiring("900", "901")), hold("resembles_leaver", None, "900"))
    assert (going(verdict), stopped) == (["901"], ["900"])


def test_words_for_a_status_that_wait_cover_whoever_has_one_now() -> None:
    fields = frame([{"change_no": 1, "field": "status", "old": "leave", "new": "active"}], FIELD)
    planned = changes({"source_id": "004"}, {"source_id": "005"})
    verdict, stopped = asked(staff(80), planned, hold("status_words", None), fields=fields)
    assert (going(verdict), stopped) == (["004"], ["005"])


def test_a_feed_in_doubt_changes_nobody() -> None:
    """Read for one person alone, it is judged with everybody."""
    now = staff(80)
    nobody_read = GuardContext(Changes(rows=changes()), now, Policy(), FeedFigures(0, 0, frozenset(), {}))
    verdict, stopped = asked(now, changes({"source_id": "004"}), whole=nobody_read)
    assert (going(verdict), stopped) == ([], ["004"])


def test_new_words_for_a_status_in_the_feed_stop_a_hire_who_comes_with_one() -> None:
    whole = saying(staff(5), *["PT"] * 3)
    verdict, stopped = asked(staff(5), changes(*hiring("002", "900")), whole=whole)
    assert (going(verdict), stopped) == (["900"], ["002"])


@pytest.mark.parametrize(("earlier", "waits"), [(1, False), (2, True), (29, True)])
def test_removals_one_by_one_add_up_to_what_one_file_would_hold(earlier: int, waits: bool) -> None:
    """Three of eighty people at a location are too many, however they come."""
    now = staff(80)
    gone = [
        {"kind": REMOVED, "location_id": NORTH, "source_id": f"{n:03d}", "counted": True}
        for n in range(10, 10 + earlier)
    ]
    verdict, stopped = asked(now, leaving(now, "007"), before=gone)
    assert stopped == []
    assert scopes(verdict.holds) == ([("removals_location", f"location:{NORTH}")] if waits else [])
    assert going(verdict) == ([] if waits else ["007"])


def test_thirty_releases_in_a_day_trip_the_rule_of_thirty_in_a_file() -> None:
    """Nobody gets 29 people past the guard by letting each go alone: the next one waits like thirty at once."""
    now, went = staff(80), []
    for number in range(30):
        verdict, _ = asked(now, changes(*hiring(f"9{number:02d}")), before=went)
        if not going(verdict):
            break
        went.append({"kind": CREATED, "location_id": NORTH, "source_id": f"9{number:02d}", "counted": False})
    alone = len(went) + 1
    in_one_file, _ = asked(now, changes(*hiring(*(f"9{number:02d}" for number in range(alone)))))
    one_fewer, _ = asked(now, changes(*hiring(*(f"9{number:02d}" for number in range(alone - 1)))))
    assert scopes(verdict.holds) == scopes(in_one_file.holds) == [("creates_location", f"location:{NORTH}")]
    assert one_fewer.holds.is_empty()


def _numbered(planned: pl.DataFrame, start: int) -> pl.DataFrame:
    return planned.with_columns(change_no=pl.col("change_no") + start)
