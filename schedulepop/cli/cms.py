"""`schedulepop cms …`: what a nursing facility needs for CMS's Payroll-Based Journal."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from schedulepop.cli import arguments
from schedulepop.cli.arguments import By, LocationName
from schedulepop.cli.database import database
from schedulepop.cli.output import USAGE, Format, err, fail, out, print_json, print_rows, refusals_shown
from schedulepop.lib.text import cell

app = typer.Typer(help="Payroll-Based Journal of CMS.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Payroll-Based Journal of CMS."""


@app.command()
def codes() -> None:
    """CMS's job title codes with their labor categories."""
    from schedulepop.cms import CODES

    for one in CODES.values():
        out.print(Text.assemble(f"{one.code:>3}  {one.title}  ", (one.category, "dim")))


@app.command("id-changes")
def id_changes(
    org: str,
    quarter: Annotated[str, typer.Option(help="Federal quarter like 2026Q1, October to December 2025.")],
    form: Annotated[Format, typer.Option("--format", help="table, csv or json.")] = Format.TABLE,
    by: Annotated[str | None, typer.Option(help="The user who reads.")] = None,
) -> None:
    """Payroll IDs replaced in a federal quarter, and new IDs nobody has linked yet."""
    from schedulepop.cms import Quarter

    with database():
        from schedulepop.accounts import audit
        from schedulepop.sync.cms import id_changes as changes

        owner = arguments.organization(org, by)
        reader = arguments.reading_all(owner, by, "its ID changes")
        try:
            asked = Quarter.named(quarter)
        except ValueError as error:
            raise fail(str(error), USAGE) from error
        rows = changes.rows(owner, asked)
        open_ = list(changes.unlinked(owner))
        if form is not Format.TABLE:
            audit.record_visit(reader, owner, "exported", f"{form} of changed IDs, {asked}")
        if form is Format.JSON:
            waiting = [{"new_id": one.key, "message": one.message} for one in open_]
            print_json(
                {
                    "quarter": str(asked),
                    "from": asked.first.isoformat(),
                    "to": asked.last.isoformat(),
                    "changes": rows,
                    "unlinked": waiting,
                },
                ascii_only=False,
            )
            return
        if form is Format.CSV:
            writer = csv.DictWriter(sys.stdout, changes.COLUMNS)
            writer.writeheader()
            writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
        else:
            titles = ("Name", "Old ID", "New ID", "Changed on", "Integration", "By")
            print_rows(titles, ([row[name] for name in changes.COLUMNS] for row in rows))
            out.print(f"{len(rows)} ID changes in {asked.months}", style="dim")
        for one in open_:
            err.print(Text(f"Not linked: {one.message} {changes.CONSEQUENCE}"))


@app.command()
def facility(
    org: str,
    location: str,
    facility_id: Annotated[str, typer.Argument(help="As CMS gave it; empty takes it away.")],
    state: Annotated[str, typer.Argument(help="Two letters, like OH.")] = "",
    by: By = None,
) -> None:
    """Say by which ID and in which state CMS knows a location."""
    with database():
        from schedulepop.directory import actions

        place = arguments.location(arguments.organization(org, by), location, by)
        with refusals_shown():
            actions.set_facility(place, facility_id, state, actor=arguments.actor(by))
        out.print(f"{place.name}: {facility_id or 'no facility ID'} {state.upper()}".rstrip(), markup=False)


@app.command()
def employees(
    org: str,
    quarter: Annotated[str, typer.Option(help="Federal quarter like 2026Q1, October to December 2025.")],
    location: LocationName = None,
    file: Annotated[
        Path | None, typer.Option("--out", help="Where to write; the screen when not given.")
    ] = None,
    by: By = None,
) -> None:
    """Write the employee section of a Payroll-Based Journal submission (XML), with warnings on the side."""
    from schedulepop.cms import Quarter

    if file is not None and by is not None:
        raise fail(f"With --by nothing is written to files. Leave --out away and redirect: … > {file}", USAGE)
    with database():
        from datetime import datetime
        from zoneinfo import ZoneInfo

        from schedulepop.sync.cms import employee_section

        place = arguments.location(arguments.organization(org, by), location, by)
        try:
            asked = Quarter.named(quarter)
        except ValueError as error:
            raise fail(str(error), USAGE) from error
        today = datetime.now(ZoneInfo(place.timezone)).date()
        with refusals_shown():
            section, content = employee_section.export(place, asked, today, actor=arguments.actor(by))
        for warning in section.warnings:
            err.print(Text(warning))
        if file is None:
            sys.stdout.write(content.decode("ascii"))
        else:
            file.write_bytes(content)
            out.print(f"{len(section.employees)} employees of {place.name} written to {file}.", markup=False)
