"""`schedulepop org …`"""

from __future__ import annotations

from typing import Annotated

import typer

from schedulepop.cli import naming
from schedulepop.cli.session import database, out

app = typer.Typer(help="Organizations.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Organizations."""


@app.command()
def add(
    name: str,
    timezone: Annotated[str, typer.Option(help="IANA name, for example America/Chicago.")],
    support_name: Annotated[str, typer.Option(help="Who a stuck reader asks.")] = "",
    support_email: str = "",
    support_phone: str = "",
    vendor: Annotated[bool, typer.Option("--vendor", help="The vendor's own organization.")] = False,
    by: Annotated[str | None, typer.Option(help="The user who does this.")] = None,
) -> None:
    """Add an organization."""
    with database():
        from schedulepop.directory import actions

        with naming.said_plainly():
            made = actions.add_organization(
                name, timezone, actor=naming.actor(by), support_name=support_name, support_email=support_email,
                support_phone=support_phone, vendor=vendor,
            )  # fmt: skip
        out.print(f"Added {made.name} as {made.slug}.", markup=False)
