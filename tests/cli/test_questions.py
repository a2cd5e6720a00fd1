"""Who a record is, on the command line: questions, answers, a crosswalk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from schedulepop.accounts.models import User
from schedulepop.sync.models import Answer, Link
from tests import made
from tests.sync.conftest import PEOPLE, Payroll
from tests.sync.conftest import payroll as payroll

pytestmark = pytest.mark.django_db
WHERE = "maple-health/payroll"


@pytest.fixture
def renumbered(payroll: Payroll) -> Payroll:
    payroll.first_sync()
    payroll.sends(PEOPLE[0].replace("001,", "901,", 1), *PEOPLE[1:])
    payroll.runs()
    return payroll


def test_questions_name_the_record_the_candidate_and_why(cli, renumbered) -> None:
    done = cli("sync", "questions", WHERE)
    assert done.exit_code == 0
    assert "Ines Calloway (payroll ID 901, Maple Grove)" in done.stdout
    assert "100  Ines Calloway (ines.calloway): same name, same employee number" in done.stdout
    (asked,) = json.loads(cli("sync", "questions", "maple-health", "--json").stdout)
    assert (asked["code"], asked["suggestions"][0]["answers"], asked["answer"]) == (
        "id_changed",
        ["same"],
        None,
    )


def test_an_answer_is_acted_on_at_once(cli, renumbered) -> None:
    done = cli("sync", "answer", WHERE, "901", "same", "--reason", "HR said so")
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "Answered.")
    assert "Ines Calloway was as payroll has them." in done.stdout
    assert "No open questions." in cli("sync", "questions", WHERE).stdout
    assert Link.objects.get(source_id="901").user.username == "ines.calloway"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("901", "perhaps"), 2, "An answer is same, different, add-here or transfer"),
        (("901", "transfer"), 1, "Here the answer is one of"),
        (("777", "same"), 1, "does not wait for an answer"),
        (("901", "same", "--user", "nobody"), 1, "There is no user 'nobody' in Maple Health"),
        (("901", "different", "--by", "margo"), 1, "Only an admin or Client Success"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(cli, renumbered, words, code, says) -> None:
    made.manager(Link.objects.first().user.memberships.first().location, username="margo")
    done = cli("sync", "answer", WHERE, *words)
    assert (done.exit_code, says in done.stderr) == (code, True), done.stderr
    assert not Answer.objects.exists()


def test_a_named_user_and_different(cli, renumbered) -> None:
    assert cli("sync", "answer", WHERE, "901", "same", "--user", "Luis.Quintanar").exit_code == 0
    assert Answer.objects.get().user == User.objects.get(username="luis.quintanar")


def test_a_different_person_is_added_at_once(cli, renumbered) -> None:
    done = cli("sync", "answer", WHERE, "901", "different")
    assert (done.exit_code, "Ines Calloway was added to Maple Grove." in done.stdout) == (0, True)
    assert Answer.objects.filter(withdrawn_at=None).get().kind == "different"


def test_one_person_is_synced_by_username_or_payroll_id(cli, renumbered) -> None:
    by_name = cli("sync", "person", WHERE, "Luis.Quintanar")
    assert (by_name.exit_code, by_name.stdout.strip()) == (
        0,
        "Luis Quintanar was as payroll has them. Nothing had to change.",
    )
    absent = cli("sync", "person", WHERE, "777")
    assert (absent.exit_code, "777 is not in payroll’s list." in absent.stdout) == (0, True)
    told = cli("sync", "person", WHERE, "002", "--json")
    assert (told.exit_code, '"read": 1' in told.stdout) == (0, True)


def test_many_questions_are_cut_on_a_terminal(cli, renumbered, monkeypatch) -> None:
    from schedulepop.cli import questions

    monkeypatch.setattr(questions, "SHOWN", 0)
    assert "and 1 more" in cli("sync", "questions", WHERE).stdout


def test_a_crosswalk_shows_then_links(cli, payroll, tmp_path: Path) -> None:
    payroll.first_sync()
    file = tmp_path / "crosswalk.csv"
    file.write_text("Old ID,New ID\n" + "".join(f"00{n},V{n}\n" for n in range(1, 7)))
    shown = cli("integration", "crosswalk", WHERE, file, "--dry-run")
    assert "001 → V1  Ines Calloway" in shown.stdout
    assert "6 IDs would change. Nothing was done." in shown.stdout
    assert not Answer.objects.exists()
    done = cli("integration", "crosswalk", WHERE, file)
    assert (done.exit_code, "6 IDs are answered" in done.stdout) == (0, True)
    payroll.sends(*(line.replace(f"00{n},", f"V{n},", 1) for n, line in enumerate(PEOPLE, 1)))
    assert cli("sync", "run", WHERE).exit_code == 0
    assert sorted(Link.objects.filter(retired_at=None).values_list("source_id", flat=True)) == [
        f"V{n}" for n in range(1, 7)
    ]


def test_a_wrong_row_stops_the_whole_crosswalk(cli, payroll, tmp_path: Path) -> None:
    payroll.first_sync()
    file = tmp_path / "crosswalk.csv"
    file.write_text("old_id,new_id\n001,V1\n999,V2\n")
    done = cli("integration", "crosswalk", WHERE, file)
    assert done.exit_code == 1
    assert "Row 3, old_id '999': is nobody's on the list." in done.stderr
    assert "nothing was done" in done.stderr
    file.write_text("name\nAnn\n")
    assert "needs one column old_id" in cli("integration", "crosswalk", WHERE, file).stderr
    assert not Answer.objects.exists()
