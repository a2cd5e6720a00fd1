"""The command line: `schedulepop`. One file per noun; what scripts rely on is SPEC §9."""

from __future__ import annotations


def main() -> None:
    """The console script. Imports late, so that `--help` and `try` start fast and need no database."""
    from schedulepop.cli.app import run

    run()
