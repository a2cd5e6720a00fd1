"""A feed in the wrong encoding overwrites no good name, and a renamed or unknown column is a hold that names it."""

from __future__ import annotations

import pytest

from schedulepop.accounts.actors import Actor
from schedulepop.accounts.models import User
from schedulepop.sync.integrations import lifecycle
from schedulepop.sync.models import Issue
from schedulepop.wording import holds as hold_words
from tests.sync.conftest import HEADER, PEOPLE

pytestmark = pytest.mark.django_db

OPERATOR = Actor.operator("test")
ACCENTED = [
    PEOPLE[0].replace("Calloway", "Carrascón"),
    PEOPLE[1].replace("Quintanar", "Szabó"),
    *PEOPLE[2:],
]


@pytest.fixture
def accented(payroll):
    payroll.sends(*ACCENTED)
    payroll.first_sync()
    return payroll


@pytest.mark.parametrize(
    ("encoding", "code"),
    [
        ("mac_roman", None),
        ("cp850", None),
        ("twice", "encoding_twice"),
        ("asked", "bad_characters"),
        ("lost", "letters_damaged"),
    ],
)
def test_the_names_stay(accented, encoding: str, code: str | None) -> None:
    text = "\n".join([HEADER, *ACCENTED, ""])
    data = {
        "twice": lambda: text.encode().decode("cp1252").encode(),
        "asked": lambda: text.encode("ascii", "replace"),
        "lost": lambda: text.encode("ascii", "ignore"),
    }.get(encoding, lambda: text.encode(encoding))()
    accented.path.write_bytes(data)
    run = accented.runs()
    assert {"Carrascón", "Szabó"} <= set(User.objects.values_list("last_name", flat=True))
    assert (run.state, run.counts["updated"], run.counts["unchanged"] + run.counts["held"]) == (
        "applied",
        0,
        6,
    )
    assert set(Issue.objects.filter(resolved_at=None).values_list("code", flat=True)) >= (
        {code} if code else set()
    )


def test_renamed_columns_hold_everything_and_each_is_named_with_its_successor(synced) -> None:
    header = HEADER.replace("Email", "E-mail (Work)").replace("Status", "Zustand")
    synced.path.write_text("\n".join([header, *PEOPLE, ""]), encoding="utf-8")
    run = synced.runs()
    assert (run.state, run.counts["updated"], {hold["rule"] for hold in run.holds}) == (
        "held",
        0,
        {"column_gone"},
    )
    assert [hold["params"]["field"] for hold in run.holds] == ["status"]
    assert (
        "came from the column Status, which is not in the payroll file any more"
        in hold_words.reasons(run.holds)[0]
    )


def test_the_test_button_says_what_could_be_read(payroll) -> None:
    payroll.sends(*PEOPLE)
    answer = lifecycle.test(payroll.integration, actor=OPERATOR)
    assert answer.ok
    assert "6 records. Known: Payroll ID, Employee number, First name" in answer.sentence
    payroll.path.write_text("C1,C2\n17,Lee\n29,Ray\n", encoding="utf-8")
    assert "no column is known" in lifecycle.test(payroll.integration, actor=OPERATOR).sentence
    payroll.path.write_text("First Name,Last Name\nAnn,Lee\n", encoding="utf-8")
    assert (
        "No column is known as the payroll ID" in lifecycle.test(payroll.integration, actor=OPERATOR).sentence
    )
    payroll.path.write_bytes(b"%PDF-1.7 \x00\x01")
    refused = lifecycle.test(payroll.integration, actor=OPERATOR)
    assert not refused.ok
