"""What a column is called now: by what the new header names, else by how alike it is written."""

from __future__ import annotations

import pytest

from schedulepop.sync.plan.values.renamed_columns import successor


@pytest.mark.parametrize(
    ("field", "was", "unread", "now"),
    [
        ("email", "Work Email", ["E-mail (Work)", "Shirt Size"], "E-mail (Work)"),
        ("zone", "Home Unit", ["Home Unit 2", "Notes"], "Home Unit 2"),
        ("duty", "Puesto", ["Puesto actual", "Sede"], "Puesto actual"),
        ("duty", "Puesto", ["Sede", "Turno"], None),
        ("duty", "", ["Sede", "Turno"], None),
        ("duty", "Job Title", [], None),
    ],
)
def test_the_likely_successor(field: str, was: str, unread: list[str], now: str | None) -> None:
    assert successor(field, was, unread) == now


def test_of_several_that_name_it_the_one_written_most_alike() -> None:
    assert successor("email", "Work Email", ["Email Work", "Email Personal"]) == "Email Work"
