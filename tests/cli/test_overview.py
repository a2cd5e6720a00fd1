"""`--help` and `--version` answer at once, and say what the commands say of themselves."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from schedulepop.cli import overview
from schedulepop.cli.app import app

CPU_SECONDS = 0.15
HEAVY = ("django", "psycopg", "polars", "rich", "procrastinate", "asyncio")
PROJECT = Path(__file__).parents[2] / "pyproject.toml"


WHOLE_APP = "from schedulepop.cli.app import app; app(['--help'], prog_name='schedulepop')"
LOADED = f"""
import sys
from schedulepop.cli import main

sys.argv = ["schedulepop", "--help"]
try:
    main()
except SystemExit:
    print([name for name in {HEAVY!r} if name in sys.modules])
"""


def python(*words: str, columns: int = 80) -> str:
    """What a process of its own prints, on a terminal of this width."""
    done = subprocess.run(
        [sys.executable, *words],
        env={**os.environ, "COLUMNS": str(columns)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("columns", [40, 80])
def test_the_help_is_the_whole_apps(columns: int) -> None:
    whole = python("-c", WHOLE_APP, columns=columns)
    assert python("-m", "schedulepop", "--help", columns=columns) == whole
    assert all(f"\n  {name} " in whole for name in overview.COMMANDS)


def test_every_sentence_is_the_commands_own() -> None:
    commands = get_command(app).commands
    assert {name: one.get_short_help_str(200) for name, one in commands.items()} == overview.COMMANDS


def test_it_loads_nothing_heavy() -> None:
    assert python("-c", LOADED).splitlines()[-1] == "[]"


def test_it_takes_little_cpu() -> None:
    python("-m", "schedulepop", "--help")  # compiled by now
    assert min(_cpu() for _ in range(7)) < CPU_SECONDS


def _cpu() -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    python("-m", "schedulepop", "--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def test_the_version_is_the_projects() -> None:
    (version,) = re.findall(r'^version = "(.+)"$', PROJECT.read_text("utf-8"), re.M)
    assert python("-m", "schedulepop", "--version") == f"schedulepop {version}\n"
    assert CliRunner().invoke(app, ["--version"]).stdout == f"schedulepop {version}\n"
