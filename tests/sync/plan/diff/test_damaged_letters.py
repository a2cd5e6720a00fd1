"""A name that is the present one with its letters damaged never overwrites it."""

from __future__ import annotations

import polars as pl
import pytest

from schedulepop.sync.plan.diff.damaged_letters import is_damaged, keep_undamaged


@pytest.mark.parametrize(
    ("new", "known", "damaged", "if_doubted"),
    [
        ("Carrasc?n", "Carrascón", True, True),
        ("CARRASC?N", "Carrascón", True, True),
        ("Carrasc—n", "Carrascón", True, True),
        ("Carrasc¢n", "Carrascón", True, True),
        ("CarrascÃ³n", "Carrascón", True, True),
        ("Carrasc&oacute;n", "Carrascón", True, True),
        ("Szab", "Szabó", True, True),
        ("Mller", "Müller", True, True),
        ("Wi?niewska-Pe?a", "Wiśniewska-Peña", True, True),
        ("Jörgen", "Jürgen", False, True),
        ("Gyõri", "Győri", False, True),
        ("Carrascon", "Carrascón", False, False),
        ("Szabo", "Szabó", False, False),
        ("CARRASCÓN", "Carrascón", False, False),
        ("Carrascón", "Carrascón", False, False),
        ("Lee", "Szabó", False, False),
        ("Szabó-Lee", "Szabó", False, False),
    ],
)
def test_what_is_damage(new: str, known: str, damaged: bool, if_doubted: bool) -> None:
    assert is_damaged(new, known, doubted=False) is damaged
    assert is_damaged(new, known, doubted=True) is if_doubted


def test_the_present_name_stays_and_the_row_is_named() -> None:
    going = pl.DataFrame(
        {
            "row": [2, 3, 4],
            "source_id": ["1", "2", "3"],
            "location_id": [1, 1, 1],
            "first_name": ["Ann", "Jos?", "Bo"],
            "now_first_name": ["Ann", "José", "Zoë"],
            "last_name": ["Szab", "Lee", None],
            "now_last_name": ["Szabó", "Lee", "Peña"],
        }
    )
    kept, problems = keep_undamaged(going, {"first_name": "First", "full_name": "Name"}, doubted=False)
    assert kept["first_name"].to_list() == ["Ann", None, "Bo"]
    assert kept["last_name"].to_list() == [None, "Lee", None]
    told = problems.select("code", "row", "column", "value").rows()
    assert told == [("letters_damaged", 3, "First", "J…?"), ("letters_damaged", 2, "Name", "S…b")]
    other = going.with_columns(last_name=pl.lit("Szabo"), first_name=pl.col("now_first_name"))
    assert keep_undamaged(other, {}, doubted=False)[0]["last_name"].to_list() == ["Szabo"] * 3
    assert keep_undamaged(going.head(0), {}, doubted=False)[1].is_empty()
