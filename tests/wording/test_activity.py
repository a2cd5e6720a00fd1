"""Every verb that the audit trail can hold has a sentence, and the doors have names."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from schedulepop.wording import activity

OURS = Path(__file__).parents[2] / "schedulepop"
WRITES = {"record", "record_each", "record_many", "record_visit", "_record", "move_to"}
MADE_UP = {
    *("set_up_account", "reset_password", "merged", "merged_away", "failed_sign_in"),
    *("added_extra_duty", "added_extra_zone", "removed_extra_duty", "removed_extra_zone", "asked"),
    *("create", "update", "deactivate", "reactivate", "transfer", "leave", "granted", "ended_sessions"),
    *("stopped_mail", "stopped_all_mail", "started_mail", "started_all_mail"),
}
"""Verbs put together, named by a constant, or written by SQL."""
PARTS = {"added_extra", "removed_extra", "merged_into"}


def verbs_in_code() -> set[str]:
    """Strings in the place of the verb wherever something is recorded."""
    found = set()
    for path in OURS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", getattr(node.func, "id", "")) in WRITES
            ):
                for part in node.args[1:3]:
                    either = (part.body, part.orelse) if isinstance(part, ast.IfExp) else (part,)
                    found |= {
                        one.value
                        for one in either
                        if isinstance(one, ast.Constant) and isinstance(one.value, str)
                    }
    return found - PARTS


def test_every_verb_has_a_sentence() -> None:
    found = verbs_in_code()
    assert len(found) > 40, "the search has gone blind"
    assert (found | MADE_UP) - activity.VERBS == set()


@pytest.mark.parametrize(
    ("verb", "subject", "name", "labels", "said"),
    [
        ("edited", "user", "Ines Calloway", ["phone"], "changed phone of Ines Calloway"),
        ("edited", "user", "Ines Calloway", ["phone", "email"], "changed phone and email of Ines Calloway"),
        ("edited", "location", "Oak Hill", [], "changed the location Oak Hill"),
        ("approved", "run", "12", [], "approved run 12"),
        ("released", "run", "12", [], "released somebody from the hold of run 12"),
        ("released", "keep", "Ines Calloway", [], "let payroll speak for Ines Calloway again"),
        ("activated", "integration", "Payroll", [], "activated the integration Payroll"),
        ("asked", "issue", "", [], "asked about an issue"),
        ("discarded", "run", "", [], "discarded somebody or something that is gone"),
        ("did_it", "user", "Ines Calloway", [], "did it: Ines Calloway"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_sentences(verb: str, subject: str, name: str, labels: list[str], said: str) -> None:
    assert activity.did(verb, subject, name, labels) == said


@pytest.mark.parametrize(
    ("door", "by", "seen", "who"),
    [
        ("web", "Ann Bell", "web", "Ann Bell"),
        ("cli", "cli:ops", "cli", "The operator (ops)"),
        ("cli", "Ann Bell", "cli", "Ann Bell"),
        ("api", "Somebody without the token", "payroll", "Somebody without the token"),
        ("sync", "sync run 7", "payroll", "Payroll, by run 7"),
        ("sync", "payroll's job", "payroll", "Payroll’s own job"),
        ("sync", "schedule", "job", "The schedule"),
        ("sync", "dates", "job", "A day that had come"),
    ],
)
def test_doors_and_authors(door: str, by: str, seen: str, who: str) -> None:
    assert activity.door_of(door, by) == seen
    assert activity.author(by) == who
