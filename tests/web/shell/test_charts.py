"""Charts say what the numbers say."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedulepop.sync.plan.frames.outcomes import BUCKETS
from schedulepop.web.shell import charts

NIGHT = {
    "read": 197,
    "created": 3,
    "updated": 11,
    "reactivated": 1,
    "transferred": 1,
    "deactivated": 0,
    "unchanged": 167,
    "held": 11,
    "rejected": 1,
    "excluded": 2,
}


def test_flow_shows_all_nine_buckets_and_the_sum():
    flow = charts.flow(NIGHT)
    assert [bucket.name for bucket in flow.buckets] == list(BUCKETS)
    assert len(flow.ribbons) == 8  # nothing flows into "deactivated"
    assert flow.total == "3 + 11 + 1 + 1 + 167 + 11 + 1 + 2 = 197."
    assert flow.adds_up


def test_flow_of_nothing_is_empty_not_broken():
    flow = charts.flow({})
    assert flow.ribbons == ()
    assert flow.total == "0 = 0."


def test_one_record_in_a_hundred_thousand_is_still_seen():
    flow = charts.flow({"read": 100_000, "unchanged": 99_999, "updated": 1})
    assert all(float(ribbon.from_height) >= 4.7 for ribbon in flow.ribbons)


@given(st.lists(st.integers(0, 200_000), min_size=9, max_size=9))
def test_ribbons_stay_inside_and_never_overlap(values):
    flow = charts.flow(dict(zip(BUCKETS, values, strict=True)))
    end = 0.0
    for ribbon in flow.ribbons:
        assert float(ribbon.from_y) >= end - 0.11
        end = float(ribbon.from_y) + float(ribbon.from_height)
    assert end <= 324


def test_nights_mark_the_one_over_the_limit():
    bars = charts.nights([0, 1, 0, 9], 3)
    assert len(bars.bars) == 30
    assert bars.bars[-1].tone == "risk"
    assert {bar.tone for bar in bars.bars[:-1]} == {"bar"}
    assert bars.most_before == 1
    assert bars.limit_y == "32.7"


def test_nights_without_a_limit_have_no_line():
    assert charts.nights([1, 2]).limit_y == ""


def test_runs_put_what_is_held_on_top():
    chart = charts.runs([4, 16], [0, 9])
    held = [bar for bar in chart.bars if bar.tone == "warn"]
    assert len(held) == 1
    assert float(held[0].y) == pytest.approx(4.0, abs=0.2)


def test_a_strip_has_a_mark_for_each_of_thirty_nights_and_says_them():
    nights = [
        charts.NightOutcome(date(2026, 11, 16), "applied", "/runs/7/"),
        charts.NightOutcome(date(2026, 11, 15), "held"),
        charts.NightOutcome(date(2026, 11, 14), "failed"),
        charts.NightOutcome(date(2026, 9, 1), "failed"),  # long ago
    ]
    strip = charts.nights_strip(nights, date(2026, 11, 16))
    assert len(strip.nights) == 30
    assert [night.outcome for night in strip.nights[-4:]] == [None, "failed", "held", "applied"]
    assert strip.nights[-1].url == "/runs/7/"
    assert strip.summary == "1 night applied, 1 on hold, 1 failed."
    assert [night.word for night in strip.newest_first] == ["Applied", "On hold", "Failed"]


def test_of_two_runs_of_a_day_the_graver_one_is_shown():
    day = date(2026, 11, 16)
    nights = [
        charts.NightOutcome(day, "applied"),
        charts.NightOutcome(day, "failed"),
        charts.NightOutcome(day, "applied"),
    ]
    assert charts.nights_strip(nights, day).nights[-1].outcome == "failed"


def test_the_shapes_of_nights_differ_without_colors():
    day = date(2026, 11, 16)
    shapes = {
        tuple(
            (bar.y, bar.height)
            for bar in charts.nights_strip([charts.NightOutcome(day, one)], day).nights[-1].bars
        )
        for one in ("applied", "held", "failed", "skipped")
    }
    assert len(shapes) == 4


def test_a_strip_of_nothing_says_so():
    assert charts.nights_strip([], date(2026, 11, 16)).summary == "No night has run yet."
