"""Pictures over months and days say what the numbers say."""

from __future__ import annotations

from schedulepop.web.shell import month_charts


def tones(bars: tuple[month_charts.Bar, ...]) -> list[str]:
    return [bar.tone for bar in bars]


def test_headcount_above_and_leavers_below_the_line() -> None:
    drawn = month_charts.months([100, 50], [0, 1])
    assert tones(drawn.bars) == ["info", "info", "warn"]
    assert [float(bar.height) for bar in drawn.bars] == [40.0, 20.0, 14.0]
    assert float(drawn.bars[-1].y) > float(drawn.line_y)
    assert drawn.view_box == "0 0 20 56"


def test_months_before_payroll_was_connected_are_pale_and_have_no_leavers() -> None:
    drawn = month_charts.months([9, 9, 9], [2, 0, 1], known_from=1)
    assert tones(drawn.bars) == ["quiet", "info", "info", "warn"]


def test_nobody_is_a_flat_line() -> None:
    assert [float(bar.height) for bar in month_charts.months([0, 0], [0, 0]).bars] == [0.6, 0.6]


def test_columns_keep_the_open_ones_apart() -> None:
    drawn = month_charts.columns([4, 2, 1], pale=1)
    assert tones(drawn.bars) == ["info", "info", "quiet"]
    assert [float(bar.height) for bar in drawn.bars] == [46.0, 23.0, 11.5]
