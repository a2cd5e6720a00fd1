"""`schedulepop location …`"""

from __future__ import annotations

from typing import Annotated

import typer

from schedulepop.cli import arguments
from schedulepop.cli.arguments import By
from schedulepop.cli.database import database
from schedulepop.cli.output import out, refusals_shown

app = typer.Typer(help="Locations.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Locations."""


@app.command()
def add(
    org: str,
    name: str,
    code: Annotated[list[str], typer.Option(help="Payroll code; may be given several times.")],
    timezone: Annotated[str | None, typer.Option(help="The organization's when not given.")] = None,
    by: By = None,
) -> None:
    """Add a location with its payroll codes."""
    with database():
        from schedulepop.directory import actions

        owner = arguments.organization(org)
        with refusals_shown():
            made = actions.add_location(
                owner, name, codes=code, timezone=timezone or owner.timezone, actor=arguments.actor(by)
            )
        out.print(f"Added {made.name}, payroll code {', '.join(code)}.", markup=False)
