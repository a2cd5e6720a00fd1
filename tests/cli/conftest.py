"""The command line in this process, on this test's database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner, Result

Run = Callable[..., Result]


@pytest.fixture
def cli(db: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`cli("sync", "run", …)` gives the result with exit_code, stdout and stderr; `answers`: what is typed."""
    from schedulepop.cli import database
    from schedulepop.cli.app import app

    monkeypatch.setenv("DATABASE_URL", "this test's own")
    monkeypatch.setattr(database, "bring_up_to_date", lambda *, quiet: False)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: Any, answers: str | None = None) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words], input=answers)

    return run
