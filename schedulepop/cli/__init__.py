"""The command line: `schedulepop`. One file per noun; what scripts rely on is SPEC §9.

`app` puts the commands together; `arguments` looks up what they name, `database` sets Django up, `output` prints and
gives the exit code. A command calls one door of `sync` or `directory` and prints what it answers; it decides nothing.
"""

from __future__ import annotations

import sys


def main() -> None:
    """The console script. Imports late, so that `--help` answers at once and `try` needs no database."""
    match sys.argv[1:]:
        case ["--help"]:
            from schedulepop.cli import overview

            overview.show_help()
        case ["--version"]:
            from schedulepop.cli import overview

            overview.show_version()
        case _:
            from schedulepop.cli.app import run

            run()
