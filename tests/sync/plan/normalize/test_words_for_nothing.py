"""N/A and kin: blank in every field but a name, unless the word is a code that is set up."""

from __future__ import annotations

import pytest

from schedulepop.sync.plan.policy import Mapping
from tests.sync.plan.normalize.test_normalize import one


@pytest.mark.parametrize(
    "written", ["N/A", "#N/A", "None", "null", "0", "TRUE", "pending", "TBD", "#REF!", "-"]
)
@pytest.mark.parametrize(
    ("column", "field"), [("Phone", "phone"), ("Job Title", "duty_new"), ("Unit", "zone_new")]
)
def test_no_phone_duty_or_zone_is_called_so(written: str, column: str, field: str) -> None:
    made = Mapping(create_codes=frozenset({"duty", "zone"}))
    assert one(column, written, field, "clean", mapping=made) == (None, True)
