"""Every code of the closed lists has its words, and every word its code."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schedulepop.lib.formats import FormatError
from schedulepop.sync.errors import REASONS
from schedulepop.sync.plan.issue_codes import CODES
from schedulepop.sync.plan.read import file_kind
from schedulepop.sync.plan.read.dialect import SEPARATORS
from schedulepop.sync.plan.reasons import FIELD_REASONS, FINDINGS, HOLDS, NOTES, Params
from schedulepop.wording import files, findings, holds, issues, lists, reasons, refusals
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
    [
        (FINDINGS, findings.SENTENCES),
        (HOLDS, holds.RULES),
        (FIELD_REASONS, reasons.WHY),
        (NOTES, files.NOTES),
        (REASONS, refusals.SENTENCES),
    ],
    ids=["findings", "holds", "field changes", "notes", "refusals"],
)
def test_every_reason_has_its_sentence_of_declared_parameters(
    declared: dict[str, Params], words: dict[str, str | Callable[..., str]]
) -> None:
    assert set(words) >= set(declared)
    for code, params in declared.items():
        said = words[code]
        assert _taken(said) <= set(params), code


VOCABULARIES = {"headers.py", "status_words.py", "never_kept.py", "redacted_copy.py"}
"""The words of payroll's own headers and values, and of the header that a kept file gets."""
OF_DEVELOPERS = {"accounting.py", "child.py", "isolated.py"}
"""What is raised there is for ourselves, and no reader's."""


def _constants(path: Path) -> Iterator[ast.Constant]:
    """Every text of a module that is no docstring."""
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    for one in ast.walk(tree):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in docstrings:
            yield one


@pytest.mark.parametrize("where", ["sync/plan", "lib/formats"])
def test_inside_there_are_no_sentences(where: str) -> None:
    """Codes inside, words at the doors: no text of three words, in an exception or anywhere else."""
    found = [
        f"{path.relative_to(ROOT)}:{one.lineno} {one.value[:60]}"
        for path in sorted((ROOT / "schedulepop" / where).rglob("*.py"))
        if path.name not in VOCABULARIES | OF_DEVELOPERS
        for one in _constants(path)
        if re.search(r"[a-z]{2,} [a-z]+ ", one.value)
    ]
    assert not found


OF_SYNC = ("NeedsAdmin", "RetryLater", "OutdatedPlanError")
OF_FORMATS = ("FormatError", *(one.__name__ for one in FormatError.__subclasses__()))


def test_every_refusal_names_a_reason_with_its_very_parameters() -> None:
    """Of those whose reason and parameters stand where they are made; the others pass one on."""
    seen = set()
    for path in sorted((ROOT / "schedulepop").rglob("*.py")):
        raised = OF_FORMATS if path.parent.name == "formats" else OF_SYNC
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (
                isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] in raised and call.args
            ):
                continue
            at = f"{path.relative_to(ROOT)}:{call.lineno}"
            if not isinstance(reason := call.args[0], ast.Constant):
                assert isinstance(reason, ast.Name | ast.Attribute), f"{at} makes a text"
                continue
            assert reason.value in REASONS, at
            params = call.args[1] if len(call.args) > 1 else ast.Dict([], [])
            if isinstance(params, ast.Dict):
                names = {one.value for one in params.keys if isinstance(one, ast.Constant)}
                assert names == set(REASONS[reason.value]), at
            seen.add(reason.value)
    assert len(seen) > 30


def test_what_a_refusal_names_has_its_words() -> None:
    told = {"json", "xml", "binary", "web_page", "sign_in_page"}
    assert set(refusals.KINDS) == told | {kind for _, kind in file_kind._MAGIC}
    assert set(refusals.SEPARATORS) == set(SEPARATORS.values())


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


def _plural_by_hand(one: ast.AST) -> bool:
    """`"s" if n > 1 else ""`, `"is" if n == 1 else "are"`, `"1 record" if n == 1 else f"{n} records"`."""
    if not (isinstance(one, ast.IfExp) and re.search(r"[!=>]=? 1$", ast.unparse(one.test))):
        return False
    said = [ast.unparse(part).strip("f'\"") for part in (one.body, one.orelse)]
    return set(said) <= {"", "s", "es", "is", "are", "was", "were"} or any(
        re.match(r"(?:1|one) [a-z]", part) for part in said
    )


def test_plurals_are_ngettexts() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{one.lineno}"
        for path in sorted((ROOT / "schedulepop").rglob("*.py"))
        for one in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(one, ast.IfExp) and _plural_by_hand(one)
    ]
    assert not found
