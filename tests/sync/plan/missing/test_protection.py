"""A spoiled column of a large customer: everybody is shielded, and no table of all with all is made."""

from __future__ import annotations

import polars as pl
import pytest

from schedulepop.sync.plan.frames.feed import REJECTED
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.records import MATCHED
from schedulepop.sync.plan.frames.steps import Changes
from schedulepop.sync.plan.guard import FeedFigures, GuardContext
from schedulepop.sync.plan.guard.lookalikes import look_alikes
from schedulepop.sync.plan.missing import protection
from schedulepop.sync.plan.missing.people import find_missing
from schedulepop.sync.plan.policy import Policy
from tests.sync.plan.made_frames import changes, frame, snapshot

PEOPLE = 3_000


def people() -> pl.DataFrame:
    """IDs of six digits that all round to 1.2E+05; one half of them are called Maria."""
    return pl.DataFrame(
        [
            (f"{120_000 + n}", f"9{n:04d}", None, "Maria" if n % 2 else "Ann", f"Lee {n}")
            for n in range(PEOPLE)
        ],
        schema={
            "source_id": pl.String,
            "employee_number": pl.String,
            "email": pl.String,
            "first_name": pl.String,
            "last_name": pl.String,
        },
        orient="row",
    )


@pytest.mark.parametrize(
    "spoiled",
    [
        {"source_id": "1.2E+05"},
        {"source_id": "12"},
        {"employee_number": "90001"},
        {"name": "Maria Lee 1"},
    ],
    ids=["in scientific notation", "cut off", "one number for all", "one name for all"],
)
def test_thousands_of_broken_records_make_no_table_of_all_with_all(spoiled: dict[str, str]) -> None:
    rejects = frame([{"row": n + 2, **spoiled} for n in range(PEOPLE)], REJECTED).with_row_index("reject")
    pairs = pl.concat(
        [protection._by_whole_values(rejects, people()), protection._by_fragments(rejects, people())]
    )
    assert pairs["reject"].n_unique() == PEOPLE, "each names somebody"
    assert pairs.height <= 2 * (PEOPLE + PEOPLE)


def test_everybody_a_spoiled_id_could_mean_is_shielded() -> None:
    rejects = frame([{"row": n + 2, "source_id": "1.2E+05"} for n in range(PEOPLE)], REJECTED)
    assert len(protection.protected_ids(people(), rejects)) == PEOPLE


def test_of_many_only_the_whole_name_counts_and_of_few_any_part_of_it() -> None:
    few = frame([{"row": 2, "name": "Maria"}], REJECTED)
    assert len(protection.protected_ids(people(), few)) == PEOPLE // 2
    many = frame(
        [{"row": n, "name": "Maria" if n > 2 else "Maria Lee 1"} for n in range(2, PEOPLE)], REJECTED
    )
    assert protection.protected_ids(people(), many) == ["120001"]


def test_a_phone_of_thousands_makes_no_table_of_all_with_all_either() -> None:
    """Another customer's file, whose people all have the phone that ours have."""
    phone = {"phone": "+12155550100", "hire_date": None}
    staff = [
        {"source_id": f"{n}", "first_name": f"F{n}", "last_name": f"L{n}", **phone} for n in range(PEOPLE)
    ]
    now = snapshot(*staff)
    strangers = [
        {
            "verb": "create",
            "source_id": f"Q{n}",
            "first_name": f"G{n}",
            "last_name": f"M{n}",
            "situation": "new",
            **phone,
        }
        for n in range(PEOPLE)
    ]
    absent = find_missing(tuple(p["source_id"] for p in staff), now, empty(REJECTED), empty(MATCHED))
    scene = GuardContext(
        changes=Changes(rows=changes(*strangers)),
        feed=FeedFigures(PEOPLE, 0, frozenset(), {}),
        missing=absent,
        snapshot=now,
        policy=Policy(),
    )
    pairs = look_alikes(scene, scene.changes.rows, now.people["user_id"].clear())
    assert (pairs["source_id"].n_unique(), pairs["user_id"].n_unique()) == (PEOPLE, PEOPLE)
    assert pairs.height <= 2 * PEOPLE
