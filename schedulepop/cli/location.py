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

        owner = arguments.organization(org, by)
        with refusals_shown():
            made = actions.add_location(
                owner, name, codes=code, timezone=timezone or owner.timezone, actor=arguments.actor(by)
            )
        out.print(f"Added {made.name}, payroll code {', '.join(code)}.", markup=False)


@app.command()
def rename(org: str, location: str, name: str, by: By = None) -> None:
    """Give a location another name; its codes, people and history stay."""
    with database():
        from schedulepop.directory import actions

        owner = arguments.organization(org, by)
        place = arguments.location(owner, location, by)
        with refusals_shown():
            made = actions.rename_location(place, name, actor=arguments.actor(by))
        out.print(f"{place.name} is called {made.name} now.", markup=False)


@app.command()
def close(
    org: str,
    location: str,
    yes: Annotated[
        bool, typer.Option("--yes", help="Close it; without it only what that does is said.")
    ] = False,
    by: By = None,
) -> None:
    """Say what closing a location does to its people; with --yes, close it. It is kept for history."""
    with database():
        from schedulepop.directory import actions
        from schedulepop.sync.integrations import filling

        owner = arguments.organization(org, by)
        place = arguments.location(owner, location, by)
        if by is not None:
            arguments.reading_all(owner, by, "what closing a location does")
        found = actions.closing(place)
        names = ", ".join(one.name for one in filling.of(place)) or "none"
        codes = ", ".join(sorted(place.codes.values_list("code", flat=True))) or "none"
        out.print(f"{found.people} people are employed at {place.name} and become inactive.", markup=False)
        out.print(f"{len(found.losing)} of them can no longer sign in.", markup=False)
        for user in found.losing:
            out.print(f"  {user.full_name} ({user.username})", markup=False, highlight=False)
        out.print(f"Integrations that fill it: {names}. Payroll codes: {codes}.", markup=False)
        if not yes:
            out.print("Nothing was changed. Add --yes to close it.", markup=False)
            return
        with refusals_shown():
            actions.close_location(place, actor=arguments.actor(by))
        out.print(f"{place.name} is closed.", markup=False)


@app.command()
def reopen(org: str, location: str, by: By = None) -> None:
    """Open a closed location again; its people come back with payroll's next feed."""
    with database():
        from schedulepop.directory import actions

        place = arguments.location(arguments.organization(org, by), location, by)
        with refusals_shown():
            actions.reopen_location(place, actor=arguments.actor(by))
        out.print(f"{place.name} is open. Its people come back with payroll's next feed.", markup=False)
