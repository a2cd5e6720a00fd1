"""`schedulepop users export` and `users erase`: all that is held on one person, taken away or erased."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from schedulepop.cli import arguments
from schedulepop.cli.arguments import By
from schedulepop.cli.database import database
from schedulepop.cli.output import USAGE, fail, out, refusals_shown
from schedulepop.cli.users import account_of


def export(
    org: str,
    username: str,
    file: Annotated[
        Path | None, typer.Option("--out", help="The archive to write; the screen when not given.")
    ] = None,
    by: By = None,
) -> None:
    """Write all that is held on one person into one archive (zip): JSON, and tables for people. For admins."""
    if file is not None and by is not None:
        raise fail(f"With --by nothing is written to files. Leave --out away and redirect: … > {file}", USAGE)
    with database():
        from django.utils.timezone import now

        from schedulepop.retention import export as exports

        user = account_of(org, username, by)
        with refusals_shown():
            content = exports.archive(user, actor=arguments.actor(by), at=now())
        if file is None:
            sys.stdout.buffer.write(content)
        else:
            file.write_bytes(content)
            out.print(f"Written: {file}. It holds all that is known of {user.full_name}.", markup=False)


def erase(
    org: str,
    username: str,
    confirm: Annotated[
        str, typer.Option(help="The username once more; without it nothing goes and it is told what would.")
    ] = "",
    by: By = None,
) -> None:
    """Erase somebody who has left everywhere, on request: plans, payroll files, history and trail included."""
    with database():
        from django.utils.timezone import now

        from schedulepop.retention.erasure import request
        from schedulepop.wording import erasure as words

        user, actor = account_of(org, username, by), arguments.actor(by)
        with refusals_shown():
            if confirm:
                request.request(user, confirm, actor=actor, at=now())
                out.print(words.begun(), markup=False)
                return
            seen = request.preview(user, actor=actor)
        out.print("This would go:", markup=False)
        for line in words.goes(seen.goes, seen.unread):
            out.print(f"  {line}", markup=False, highlight=False)
        out.print("This stays:", markup=False)
        for line in words.stays(seen.stays):
            out.print(f"  {line}", markup=False, highlight=False)
        out.print(f"Nothing is erased yet. To erase: --confirm {user.username}", markup=False)
