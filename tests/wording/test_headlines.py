"""That list and payroll are the same is said in one place, which asks whether it is so."""

from __future__ import annotations

import re

from tests.house.documents import ROOT, tracked

CLAIM = re.compile(
    r"match(es|ed)?\s+payroll|nothing\s+would\s+change|nobody(\s+was|\s+has\s+been)?\s+changed\b(?!\s+yet)"
    r"|none\s+of\s+your\s+people\s+changed|everything\s+payroll\s+says|said\s+the\s+same|SchedulePop\s+agree|could\s+be\s+used\.|is\s+known\s+or\s+new|already\s+matched",
    re.IGNORECASE,
)
PLACE = "schedulepop/wording/headlines.py"
SPOKEN = (".py", ".html", ".txt", ".js")


def test_the_claims_stand_in_one_place() -> None:
    found = [
        f"{name}: {hit.group()}"
        for path in tracked()
        if path.suffix in SPOKEN and (name := str(path.relative_to(ROOT))).startswith("schedulepop/")
        if name != PLACE
        for hit in CLAIM.finditer(path.read_text("utf-8"))
    ]
    assert not found


def test_the_words_are_there() -> None:
    assert len(CLAIM.findall((ROOT / PLACE).read_text("utf-8"))) >= 5
