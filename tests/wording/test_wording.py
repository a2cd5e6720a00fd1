"""Every code of the closed lists has its words, and every word its code."""

from __future__ import annotations

import pytest

from schedulepop.sync.plan.issue_codes import CODES
from schedulepop.wording import issues, lists


def test_every_issue_code_has_its_words() -> None:
    assert list(issues.TEXTS) == list(CODES)
    for code, text in issues.TEXTS.items():
        assert text.title[0].isupper(), code
        assert not text.title.endswith("."), code
        assert text.cause.endswith("."), code
        assert text.remedy.endswith("."), code


def test_a_code_nobody_knows_is_said_as_it_is() -> None:
    assert issues.text("source_busy") == ("Source busy", "", "")


@pytest.mark.parametrize(("count", "said"), [(1, "1 person"), (0, "0 people"), (1204, "1,204 people")])
def test_people_are_counted(count: int, said: str) -> None:
    assert lists.people(count) == said


def test_lists_say_how_many_more() -> None:
    assert lists.names(["Ana Ruiz", "Lee Okafor"]) == "Ana Ruiz, Lee Okafor"
    assert lists.names(["Ana Ruiz"], 3) == "Ana Ruiz and 3 more"
    assert lists.listing(["a", "b", "c"]) == "a, b and c"
    assert lists.listing(["a"]) == "a"
