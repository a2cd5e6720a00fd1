"""`try FILE`: no set-up, writes nothing, every doubtful row named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import started
from tests.lib.formats.made import NOTES, xlsx

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


def try_(*words: object) -> subprocess.CompletedProcess[str]:
    return started.run("try", *words, env=shell())


def shell() -> dict[str, str]:
    """The environment as a user's shell has it: the tests' own names Django's settings."""
    return {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}


def test_the_command_line_starts_without_settings() -> None:
    command = [sys.executable, "-m", "schedulepop", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, env=shell())
    assert (done.returncode, done.stderr) == (0, "")
    assert "Keeps the User List equal to payroll." in done.stdout


def test_messy_is_read_and_every_doubtful_row_is_named() -> None:
    done = try_(EXAMPLES / "messy.csv", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    counts = said["counts"]
    buckets = [name for name in counts if name not in ("read", "removed_missing")]
    assert counts["read"] == sum(counts[name] for name in buckets)
    assert counts["created"] > 15
    for issue in said["issues"]:
        assert issue["count"] == len(issue["rows"])
        assert all(row["message"] for row in issue["rows"])


def test_clean_has_nothing_to_say_about_rows() -> None:
    said = json.loads(try_(EXAMPLES / "clean.csv", "--json").stdout)
    assert said["issues"] == []
    assert said["counts"]["created"] + said["counts"]["excluded"] == said["counts"]["read"]


def test_a_person_reads_sentences() -> None:
    done = try_(EXAMPLES / "messy.csv")
    assert "A first sync would create" in done.stdout
    assert "row " in done.stdout


@pytest.mark.parametrize("name", sorted(p.name for p in (EXAMPLES / "broken").iterdir()))
def test_broken_files_end_with_an_answer_or_a_sentence(name: str) -> None:
    done = try_(EXAMPLES / "broken" / name, "--json")
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1)
    assert json.loads(done.stdout)["state"] in ("planned", "failed")


def test_two_hundred_megabytes_on_one_line_are_refused_quickly_and_cheaply(tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    with path.open("wb") as file:
        for _ in range(199):
            file.write(b"x" * 2**20)
    # Asked through a small process: a child's peak begins with the size of the one that forked it.
    ask = (
        "import os, subprocess, sys; p = subprocess.Popen(sys.argv[1:], stderr=subprocess.PIPE);"
        "said = p.stderr.read().decode(); _, status, used = os.wait4(p.pid, 0); p.returncode = 0;"
        "print(os.waitstatus_to_exitcode(status), used.ru_maxrss, used.ru_utime + used.ru_stime, 'Traceback' in said)"
    )
    command = [sys.executable, "-c", ask, sys.executable, "-m", "schedulepop", "try", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=True)
    code, peak, seconds, traceback = done.stdout.split()
    assert (code, traceback) == ("1", "False")
    assert int(peak) < 300 * 1024  # KiB
    assert float(seconds) < 5


def test_people_are_counted_as_people(tmp_path: Path) -> None:
    file = tmp_path / "jobs.csv"
    file.write_text(
        "Employee ID,First Name,Last Name,Location,Job Title,Unit,Primary Job,Status\n"
        "1,Noor,Abdi,MN,Cook,Kitchen,Y,Active\n1,Noor,Abdi,MN,Aide,Garden,N,Active\n2,Ola,Berg,MN,Aide,Garden,Y,Active\n"
    )
    assert "A first sync would create 2 people (3 records)." in try_(file).stdout
    assert json.loads(try_(file, "--json").stdout)["counts"]["created"] == 3


def test_no_message_has_a_full_name(tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text(
        "Employee ID,First Name,Last Name,Location,Job Title,Status\n"
        "1,Noor,Abdi,MN,Cook,Active\n1,Ola,Berg,MN,Aide,Active\n2,Pia,Coe,MN,Cook,Active\n2,Pia,Coe,MN,Aide,Active\n"
    )
    said = try_(file, "--json").stdout
    assert "Payroll ID 1" in said
    assert not any(name in said for name in ("Noor Abdi", "Ola Berg", "Pia Coe"))


def test_a_workbook_is_read_and_the_choice_of_its_sheet_is_said(tmp_path: Path) -> None:
    staff = [line.split(",") for line in (EXAMPLES / "clean.csv").read_text("utf-8").splitlines()]
    file = tmp_path / "export"
    file.write_bytes(xlsx({"Notes": NOTES, "Staff": staff}))
    done = try_(file)
    assert done.returncode == 0, done.stderr
    assert "sheet Staff; not read: Notes" in done.stdout
    plain, read = (json.loads(try_(one, "--json").stdout) for one in (EXAMPLES / "clean.csv", file))
    assert (read["counts"], read["columns"]) == (plain["counts"], plain["columns"])


def test_what_cannot_be_unpacked_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "staff.xlsx"
    file.write_bytes(xlsx({"Staff": ()}))
    done = try_(file)
    assert (done.returncode, "workbook without anything in it" in done.stderr) == (1, True)


def test_a_known_report_is_named_and_read_as_such(tmp_path: Path) -> None:
    sample = (ROOT / "tests/connectors/file_profiles/samples/quickbooks.csv").read_text("utf-8")
    file = tmp_path / "staff.csv"
    file.write_text(sample.replace("Class", "Team"), "utf-8")
    said = " ".join(try_(file).stdout.split())
    assert "The columns are those of a report from QuickBooks, as public notes describe it." in said
    assert "Not in the file: Work Location, Department." in said
    assert "A first sync would create 2 people." in said  # "Paid leave of absence" is a leave
    assert "1 person left already" in said  # "Not on payroll" is an end
