"""What a command prints does nothing to a terminal, whatever a feed brought along."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from rich.table import Table
from rich.text import Text

from schedulepop.cli import output
from schedulepop.lib.text import cell, visible

NASTY = "\x1b[1;32mTilda\x1b[0m \u202elade\x9b"
SHOWN = r"\x1b[1;32mTilda\x1b[0m \u202elade\x9b"


def test_tables_sentences_and_errors_show_control_characters_as_signs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.print_rows(["Name"], [[NASTY]])
    made = Table()
    made.add_column("Column")
    made.add_row(Text(NASTY))
    output.print_table(made)
    output.out.print(NASTY, markup=False)
    output.fail(NASTY)
    printed = capsys.readouterr()
    assert printed.out.count(SHOWN) == 3
    assert printed.err.strip() == SHOWN
    assert "\x1b" not in printed.out + printed.err


def test_what_looks_like_markup_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    name = "[red]Tilda[/] :smile: [link=x]"
    output.out.print(name, style="bold")
    output.print_rows([name], [[name]])
    made = output.table(name)
    made.add_row(name)
    output.print_table(made)
    output.fail(name)
    printed = capsys.readouterr()
    assert printed.out.count(name) == 5
    assert printed.err.strip() == name


def test_a_bug_that_quotes_a_feed_is_harmless_too() -> None:
    script = (
        "from schedulepop.cli import app; import sys\n"
        f"app.app = lambda: (_ for _ in ()).throw(ValueError({NASTY!r}))\napp.run()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"ValueError: {SHOWN}" in done.stderr
    assert not any(sign in done.stdout + done.stderr for sign in "\x1b\u202e\x9b")


@pytest.mark.parametrize("ascii_only", [True, False])
def test_json_stays_json(ascii_only: bool, capsys: pytest.CaptureFixture[str]) -> None:
    output.print_json({"name": NASTY + "é"}, ascii_only=ascii_only)
    printed = capsys.readouterr().out
    assert json.loads(printed) == {"name": NASTY + "é"}
    assert not any(sign in printed for sign in "\x1b\u202e\x9b")


def test_lines_and_tabs_stay_and_cells_of_a_csv_file_are_harmless() -> None:
    assert visible("Ann\tLee\n") == "Ann\tLee\n"
    assert cell(NASTY) == SHOWN
    assert cell("=1+1") == "'=1+1"
