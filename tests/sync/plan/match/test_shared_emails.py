"""Two people of one feed with one address are named; one person with several records is not."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from schedulepop.sync.plan import trial
from tests import saying

HEADER = "Employee ID,First Name,Last Name,Email,Location,Job Title,Status"


def shared(rows: list[str]) -> pl.DataFrame:
    """The findings of a first sync of these records."""
    file = trial.profile_file("\n".join([HEADER, *rows, ""]).encode(), name="a.csv")
    made = trial.first_sync(file, today=date(2026, 3, 2))
    return made.problems.filter(pl.col("code") == "email_shared")


def test_every_row_is_named_and_the_address_is_masked() -> None:
    found = shared(
        [
            "1,Noor,Abdi,desk@b.org,MN,RN,Active",
            "2,Ola,Berg,ola@b.org,MN,RN,Active",
            "3,Pia,Coe,Desk@B.org,MS,RN,Active",
            "4,Quin,Diaz,Front <desk@b.org>,MS,RN,Active",
        ]
    )
    assert found.select("row", "column", "value").rows() == [
        (2, "Email", "d…@b.org"),
        (4, "Email", "D…@B.org"),
        (5, "Email", "…, d…@b.org"),
    ]
    assert saying.problems(found)[0].startswith("3 people have the address d…@b.org (rows 2, 4, 5)")


@pytest.mark.parametrize(
    "second",
    [
        "1,Noor,Abdi,desk@b.org,MS,RN,Active",  # another record of hers
        "2,Ola,Berg,desk@b.org,MN,RN,Terminated",  # somebody who has left
        "2,Ola,Berg,ola@b.org,MN,RN,Active",
    ],
)
def test_who_shares_nothing(second: str) -> None:
    assert shared(["1,Noor,Abdi,desk@b.org,MN,RN,Active", second]).is_empty()


def test_a_placeholder_is_nobodys() -> None:
    assert shared(
        ["1,Noor,Abdi,none@none.com,MN,RN,Active", "2,Ola,Berg,none@none.com,MN,RN,Active"]
    ).is_empty()
