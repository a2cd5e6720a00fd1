"""How two people's values compare, in points and in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from schedulepop.sync.plan.match.blocking import SHARED_BY, candidate_pairs
from schedulepop.sync.plan.match.candidates import best_candidates, people_who_match
from schedulepop.sync.plan.match.scoring import compare, with_reasons, with_similarity
from schedulepop.wording import similarity
from tests.sync.plan.made_frames import records, snapshot

ANN = {
    "first_name": "Katherine",
    "last_name": "Lee",
    "email": "Kate@maple.org",
    "hire_date": date(2021, 5, 3),
}


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("mary ann", "maryann", "same"),
        ("katherine", "kate", "short"),
        ("bill", "willie", "short"),
        ("mary ann", "mary", "part"),
        ("jonathon", "jonathan", "alike"),
        ("anna", "anne", "alike"),
        ("ann", "ane", "other"),
        ("maria", "olga", "other"),
    ],
)
def test_first_names(one: str, other: str, how: str) -> None:
    assert compare(one, other, first=True) == how
    assert compare(other, one, first=True) == how


def test_a_nickname_is_nothing_for_a_last_name() -> None:
    assert compare("bill", "will", first=False) == "alike"
    assert compare("jack", "john", first=False) == "other"


@pytest.mark.parametrize(
    ("record", "score", "why"),
    [
        ({}, 95, "same name, same email, same location"),
        (
            {"first_name": "Kate"},
            95,
            "a short form of the same first name, same last name, same email, same location",
        ),
        (
            {"first_name": "Lee", "last_name": "Katherine"},
            95,
            "first and last name swapped, same email, same location",
        ),
        (
            {"first_name": "Olga", "hire_date": date(2026, 1, 5)},
            25,
            "another first name, same last name, same email, same location, hire dates differ",
        ),
        ({"last_name": None, "email": None}, 60, "same first name, same location"),
    ],
)
def test_points_and_words(record: dict[str, Any], score: int, why: str) -> None:
    asking = records({"first_name": "Katherine", "last_name": "Lee", "email": "kate@maple.org", **record})
    pairs = pl.DataFrame({"row": [2], "candidate": [1]}, schema={"row": pl.UInt32, "candidate": pl.Int64})
    judged = with_reasons(with_similarity(pairs, asking, snapshot(ANN)))
    assert (judged["score"][0], similarity.reasons(judged["why"][0])) == (score, why)


def test_a_value_many_people_share_says_nothing() -> None:
    many = [
        {"first_name": f"Ann{n}", "last_name": f"Lee{n}", "phone": "+12155550000"}
        for n in range(SHARED_BY + 1)
    ]
    now = snapshot(*many)
    asking = records({"first_name": "Olga", "last_name": "Moss", "phone": "+12155550000"}).with_columns(
        pl.lit("olga").alias("first_fold"), pl.lit("moss").alias("last_fold")
    )
    assert candidate_pairs(asking, people_who_match(now), now.members).is_empty()
    few = snapshot(*many[1:])
    assert candidate_pairs(asking, people_who_match(few), few.members).height == SHARED_BY


def test_whoever_resembles_alike_stays_in_question() -> None:
    pairs = pl.DataFrame(
        {"row": [2, 2, 2, 3], "candidate": [10, 11, 12, 10], "score": [70, 70, 60, 60]},
        schema_overrides={"score": pl.Int16},
    )
    apart = pl.DataFrame({"one": [10, 11, 10, 12], "other": [11, 10, 12, 10]})
    assert best_candidates(pairs, apart).select("row", "candidate").rows() == [(2, 10), (2, 11), (3, 10)]
    assert best_candidates(pairs, apart.clear()).equals(pairs)


@pytest.mark.parametrize(
    ("last_day", "said"),
    [
        (date(2025, 10, 30), "same name, same location, left on Oct 30, 2025 under the old ID"),
        (None, "same name, same location, listed in payroll as ended under the old ID"),
    ],
)
def test_a_leaver_the_feed_lists_is_not_gone_from_payroll(last_day: date | None, said: str) -> None:
    now = snapshot({"source_id": "001"}, orphans=frozenset({1}), last_days={1: last_day})
    pairs = pl.DataFrame({"row": [2], "candidate": [1]}, schema={"row": pl.UInt32, "candidate": pl.Int64})
    (judged,) = with_reasons(with_similarity(pairs, records({}), now)).iter_rows(named=True)
    assert (judged["score"], similarity.reasons(judged["why"])) == (70, said)
