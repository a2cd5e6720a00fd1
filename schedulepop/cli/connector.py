"""`schedulepop connector …`: the platforms there are, what each needs and gives, and the beginning of a new one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from schedulepop.cli.output import FAILED, USAGE, fail, out, print_json, print_rows

app = typer.Typer(help="Payroll platforms and ways a file comes.", no_args_is_help=True)


@app.command("list")
def list_(json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False) -> None:
    """Every platform, and what it was checked against."""
    from schedulepop.connectors import REGISTRY

    if json:
        print_json(
            [
                {
                    "kind": one.kind,
                    "title": one.title,
                    "checked_against": one.checked_against,
                    "provides": sorted(one.provides),
                    "snapshot": one.capabilities.snapshot,
                }
                for one in REGISTRY.values()
            ]
        )
        return
    rows = ((one.kind, one.title, one.checked_against, str(len(one.provides))) for one in REGISTRY.values())
    print_rows(("Kind", "Title", "Checked against", "Fields"), rows)
    out.print("None of them was tried against a customer's own account.", style="dim")


@app.command()
def show(kind: str) -> None:
    """What a platform needs, where each value is found, and what it gives."""
    from schedulepop import employee
    from schedulepop.connectors import get

    try:
        one = get(kind)
    except KeyError as error:
        raise fail(str(error.args[0]), USAGE) from error
    out.print(Text(f"{one.title} ({one.kind}), since {one.since}. Checked against: {one.checked_against}."))
    for said, form in (("Settings", one.config), ("Secrets", one.secrets)):
        if form.model_fields:
            out.print(Text(f"\n{said}"))
        for name, field in form.model_fields.items():
            extra = field.json_schema_extra
            found = extra.get("help", "") if isinstance(extra, dict) else ""
            out.print(Text(f"  {name}  {field.title}. {found}".rstrip()))
    out.print(Text("\nFields"))
    for canonical in employee.FIELDS:
        if canonical.name in one.provides:
            column = one.proposed.get(canonical.name, "")
            out.print(Text(f"  {canonical.label}{f': {column}' if column else ''}"))
        else:
            out.print(Text(f"  {canonical.label}: not available from {one.title}", style="dim"))
    for permission, columns in one.permissions.items():
        out.print(Text(f"\n{permission} has to be granted for: {', '.join(sorted(columns))}"))
    if one.report is not None:
        out.print(Text(f"\nThe report that is made there first, {one.report.name}"))
        for asked in one.report.columns:
            out.print(Text(f"  {asked.name} ({asked.kind}, {asked.need}): {asked.shows}"))
        for what, rule in one.report.rules:
            out.print(Text(f"  {what}: {rule}"))
    if one.capabilities.identity:
        out.print(Text(f"\n{one.capabilities.identity}"))


@app.command()
def new(
    kind: Annotated[str, typer.Argument(help="Lower-case letters, digits and underscores, like acme_hr.")],
    title: Annotated[str | None, typer.Option(help="What people read; from the kind when not given.")] = None,
    into: Annotated[Path, typer.Option(help="The root of the source tree.")] = Path(),
) -> None:
    """Write a connector that runs, with its recording, its stub and a test of its laws."""
    from schedulepop.connectors import REGISTRY
    from schedulepop.connectors.testing.new import UnfitKindError, write

    if kind in REGISTRY:
        raise fail(f"There is a connector {kind} already.", USAGE)
    try:
        written = write(kind, title or kind.replace("_", " ").title(), into)
    except UnfitKindError as error:
        raise fail(str(error), USAGE) from error
    except FileExistsError as error:
        raise fail(f"{error.filename} exists already. Nothing was written.", FAILED) from error
    for path in written:
        out.print(Text(str(path)))
    out.print(Text(f"Next: {kind.upper()} into the registry in schedulepop/connectors/__init__.py."))
