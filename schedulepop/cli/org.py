"""`schedulepop org …`"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from schedulepop.cli import arguments
from schedulepop.cli.arguments import By
from schedulepop.cli.database import database
from schedulepop.cli.output import out, refusals_shown

app = typer.Typer(help="Organizations.", no_args_is_help=True)


class Seniority(StrEnum):
    """Which hire date ranks people."""

    ORIGINAL = "original"
    LATEST = "latest"


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
    by: By = None,
) -> None:
    """Add an organization."""
    with database():
        from schedulepop.directory import actions

        with refusals_shown():
            made = actions.add_organization(
                name,
                timezone,
                actor=arguments.actor(by),
                support_name=support_name,
                support_email=support_email,
                support_phone=support_phone,
                vendor=vendor,
            )
        out.print(f"Added {made.name} as {made.slug}.", markup=False)


@app.command("set")
def set_(
    org: str,
    name: str | None = None,
    timezone: Annotated[str | None, typer.Option(help="IANA name.")] = None,
    seniority: Annotated[
        Seniority | None, typer.Option(help="Which hire date ranks people: original or latest.")
    ] = None,
    support_name: Annotated[str | None, typer.Option(help="Who a stuck reader asks.")] = None,
    support_email: str | None = None,
    support_phone: str | None = None,
    by: By = None,
) -> None:
    """Change settings of an organization; without options, show them."""
    with database():
        from schedulepop.directory import actions

        found = arguments.organization(org)
        given = {
            "name": name,
            "timezone": timezone,
            "seniority_by": seniority and seniority.value,
            "support_name": support_name,
            "support_email": support_email,
            "support_phone": support_phone,
        }
        changes = {field: value for field, value in given.items() if value is not None}
        if changes:
            with refusals_shown():
                found = actions.edit_organization(found, changes, actor=arguments.actor(by))
        for field in given:
            out.print(f"{field.replace('_by', '')}: {getattr(found, field)}", markup=False, highlight=False)
