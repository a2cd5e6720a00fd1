"""`schedulepop whereis ORG "text"`: where a person is, in one sentence, with one next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from schedulepop.cli import arguments
from schedulepop.cli.arguments import Json
from schedulepop.cli.database import database
from schedulepop.cli.output import out, print_json, refusals_shown

if TYPE_CHECKING:
    from schedulepop.sync.whereis.whereis import Answer


def whereis(
    org: str,
    text: Annotated[
        str, typer.Argument(help="Name in any order, email, phone, payroll ID or employee number.")
    ],
    location: Annotated[str | None, typer.Option(help="The list the person is missed on.")] = None,
    as_json: Json = False,
    by: Annotated[
        str | None, typer.Option(help="The user who asks: the answer holds what they may read.")
    ] = None,
) -> None:
    """Say where a person is, or why they do not appear."""
    with database():
        from schedulepop.sync.whereis import whereis as door

        owner = arguments.organization(org, by)
        here = arguments.location(owner, location, by) if location else None
        with refusals_shown():
            reply = door.ask(owner, text, actor=arguments.actor(by), here=here)
        if as_json:
            print_json(reply.as_json(), ascii_only=False)
            return
        _print(reply.answer)
        if reply.others:
            out.print(Text("\nAlso:", style="dim"))
        for other in reply.others:
            out.print(Text(f"  {other.found.sentence} {other.note}".rstrip()))


def _print(answer: Answer) -> None:
    out.print(Text(answer.found.sentence, style="bold"))
    if answer.note:
        out.print(Text(answer.note))
    out.print(Text(answer.step))
