"""A file of which no column is known, or not the payroll ID: one finding says what to do, and nobody is planned."""

from __future__ import annotations

from datetime import date

import pytest

from schedulepop.sync.plan import trial
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.policy import Mapping
from schedulepop.wording import findings

PEOPLE = (("E7", "Ann,Lee"), ("E9", "Bo,Ray"), ("E4", "Cy,Fox"))


def _plan(feed: str, mapping: Mapping | None = None) -> Plan:
    profile = trial.profile_file(feed.encode(), name="feed.csv", mapping=mapping)
    return trial.first_sync(profile, today=date(2026, 11, 29), mapping=mapping)


def _said(plan: Plan) -> list[str]:
    assert (plan.counts["created"], plan.counts["rejected"], plan.holds.height) == (0, plan.counts["read"], 0)
    return [findings.message(one) for one in plan.problems.iter_rows(named=True)]


@pytest.mark.parametrize(
    "header", ["Clave,Nombres,Sede", "C001,C002,C003", "a,b,c", "Matrícula,Nome completo,Setor"]
)
def test_no_column_is_known(header: str) -> None:
    said = _said(_plan(f"{header}\n17,Ann Lee,MN\n29,Bo Ray,MN\n31,Cy Fox,MS\n"))
    names = ", ".join(header.split(","))
    assert said == [
        f"No column of this file is known: {names}. Say on the columns page which column is which."
    ]


def test_a_mapping_of_which_no_column_is_left() -> None:
    mapping = Mapping(columns={"source_id": "Key", "last_name": "Clan"})
    said = _said(_plan("F_1,F_2\n17,Lee\n29,Ray\n", mapping))
    assert said == [
        "No column of this file is known: F_1, F_2. Say on the columns page which column is which."
    ]


def test_a_missing_id_is_one_finding_with_the_likely_column() -> None:
    feed = "Clave,First Name,Last Name,Location,Email\n" + "".join(
        f"{key},{name},MN,{name[:2]}@example.org\n" for key, name in PEOPLE
    )
    assert _said(_plan(feed)) == [
        "No column is known as the payroll ID, so nobody can be kept apart. Clave looks like it: choose it on the "
        "columns page."
    ]
    assert (
        "somebody with two jobs would be two people" in _said(_plan(feed.replace("Clave", "Position Ref")))[0]
    )
    without = feed.replace("E9", "E7")
    assert _said(_plan(without))[0].endswith(
        "Add it to the export, or choose its column on the columns page."
    )
