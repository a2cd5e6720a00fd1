"""`schedulepop location …`"""

from __future__ import annotations

from typing import Annotated

import typer

from schedulepop.cli import naming
from schedulepop.cli.session import database, out

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
    by: Annotated[str | None, typer.Option(help="The user who does this.")] = None,
) -> None:
    """Add a location with its payroll codes."""
    with database():
        from schedulepop.directory import actions

        owner = naming.organization(org)
        with naming.said_plainly():
            made = actions.add_location(
                owner, name, codes=code, timezone=timezone or owner.timezone, actor=naming.actor(by)
            )
        out.print(f"Added {made.name}, payroll code {', '.join(code)}.", markup=False)
