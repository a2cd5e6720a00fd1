"""`schedulepop whereis ORG "text"`: where a person is, in one sentence, with one next step."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from schedulepop.cli import naming
from schedulepop.cli.session import database, out

if TYPE_CHECKING:
    from schedulepop.sync.whereis.whereis import Answer


def whereis(
    org: str,
    text: Annotated[
        str, typer.Argument(help="Name in any order, email, phone, payroll ID or employee number.")
    ],
    location: Annotated[str | None, typer.Option(help="The list the person is missed on.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    by: Annotated[
        str | None, typer.Option(help="The user who asks: the answer holds what they may read.")
    ] = None,
) -> None:
    """Say where a person is, or why they do not appear."""
    with database():
        from schedulepop.sync.whereis import whereis as door

        owner = naming.organization(org)
        here = naming.location(owner, location) if location else None
        with naming.said_plainly():
            reply = door.ask(owner, text, actor=naming.actor(by), here=here)
        if as_json:
            print(json.dumps(reply.as_json(), indent=2, ensure_ascii=False))
            return
        _say(reply.answer)
        if reply.others:
            out.print(Text("\nAlso:", style="dim"))
        for other in reply.others:
            out.print(Text(f"  {other.found.sentence}"))


def _say(answer: Answer) -> None:
    out.print(Text(answer.found.sentence, style="bold"))
    out.print(Text(answer.step))
