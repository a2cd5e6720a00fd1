"""Every code of the closed lists has its words, and every word its code."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable

import pytest

from schedulepop.sync.plan.issue_codes import CODES
from schedulepop.sync.plan.reasons import FIELD_REASONS, FINDINGS, HOLDS, Params
from schedulepop.wording import findings, holds, issues, lists, reasons
from tests.house.documents import ROOT

OWN = {"row", "column", "value"}
"""What every sentence about a finding knows without a parameter."""


def _taken(said: str | Callable[..., str]) -> set[str]:
    """The parameters that a sentence, or what makes one, uses."""
    if isinstance(said, str):
        return set(re.findall(r"{(\w+)", said)) - OWN
    taken = inspect.signature(said).parameters.values()
    return {one.name for one in taken if one.default is one.empty and one.kind is not one.VAR_KEYWORD} - {
        "finding"
    }


@pytest.mark.parametrize(
    ("declared", "words"),
    [(FINDINGS, findings.SENTENCES), (HOLDS, holds.RULES), (FIELD_REASONS, reasons.WHY)],
)
def test_every_reason_has_its_sentence_of_declared_parameters(
    declared: dict[str, Params], words: dict[str, str | Callable[..., str]]
) -> None:
    assert set(words) >= set(declared)
    for code, params in declared.items():
        said = words[code]
        assert _taken(said) <= set(params), code


VOCABULARIES = {"headers.py", "status_words.py"}
"""The words of payroll's own headers and values."""


def test_the_plan_has_no_sentences() -> None:
    """Codes inside, words at the doors. Apart are docstrings, and what reading says of a file it cannot take at all."""
    found = []
    for path in sorted((ROOT / "schedulepop/sync/plan").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        if path.parent.name == "read" or path.name in VOCABULARIES:
            continue
        docstrings = [one.value for one in ast.walk(tree) if isinstance(one, ast.Expr)]
        refusals = [part for one in ast.walk(tree) if isinstance(one, ast.Raise) for part in ast.walk(one)]
        kept = {id(one) for one in (*docstrings, *refusals)}
        found += [
            f"{path.relative_to(ROOT)}:{one.lineno} {one.value[:60]}"
            for one in ast.walk(tree)
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in kept
            if re.search(r"[a-z]{2,} [a-z]+ ", one.value)
        ]
    assert not found


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
