"""Charts say what the numbers say."""

from __future__ import annotations

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
