"""What a command prints does nothing to a terminal, whatever a feed brought along."""

from __future__ import annotations

import json

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
