"""The command line: `schedulepop`. One file per noun; what scripts rely on is SPEC §9.

`app` puts the commands together; `arguments` looks up what they name, `database` sets Django up, `output` prints and
gives the exit code. A command calls one door of `sync` or `directory` and prints what it answers; it decides nothing.
"""

from __future__ import annotations


def main() -> None:
    """The console script. Imports late, so that `--help` and `try` start fast and need no database."""
    from schedulepop.cli.app import run

    run()
