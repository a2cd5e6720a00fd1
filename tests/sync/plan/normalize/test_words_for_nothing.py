"""N/A and kin: blank in every field but a name, unless the word is a code that is set up."""

from __future__ import annotations

import pytest

from schedulepop.sync.plan.policy import Mapping
from tests.sync.plan.normalize.test_normalize import ID_AND_NAME, one, understand


@pytest.mark.parametrize(
    "written", ["N/A", "#N/A", "None", "null", "0", "TRUE", "pending", "TBD", "#REF!", "-"]
)
@pytest.mark.parametrize(
    ("column", "field"), [("Phone", "phone"), ("Job Title", "duty_new"), ("Unit", "zone_new")]
)
def test_no_phone_duty_or_zone_is_called_so(written: str, column: str, field: str) -> None:
    made = Mapping(create_codes=frozenset({"duty", "zone"}))
    assert one(column, written, field, "clean", mapping=made) == (None, True)


@pytest.mark.parametrize(
    "written",
    [
        "N/A",
        "n.a.",
        "#N/A",
        "#REF!",
        "#NAME?",
        "None",
        "NULL",
        "TRUE",
        "0",
        "000",
        "pending",
        "TBD",
        "-",
        "(blank)",
    ],
)
def test_a_word_for_nothing_is_a_missing_id_and_names_nobody(written: str) -> None:
    found = understand(f"{ID_AND_NAME}\n{written},Ann,Lee,MN,ann@example.org\n2,Bo,Ray,MN,bo@example.org\n")
    assert found.rejected.rows() == [(2, None, None, "ann@example.org", "Ann Lee")]
    assert found.problems.select("code", "row", "key").rows() == [("id_blank", 2, "row 2")]
