"""`schedulepop duties …`: the duties of locations and their CMS labor codes."""

from __future__ import annotations

from typing import Annotated

import typer

from schedulepop.cli import arguments
from schedulepop.cli.arguments import By, LocationName
from schedulepop.cli.database import database
from schedulepop.cli.output import USAGE, fail, out, print_rows, refusals_shown
from schedulepop.lib.text import whole_number

app = typer.Typer(help="Duties and their CMS labor codes.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Duties and their CMS labor codes."""


@app.command("list")
def list_(
    org: str,
    location: LocationName = None,
    unmapped: Annotated[bool, typer.Option("--unmapped", help="Only those without a code.")] = False,
    by: Annotated[str | None, typer.Option(help="The user who reads: only their locations.")] = None,
) -> None:
    """The duties of every location with their CMS code and how many people have each."""
    with database():
        from schedulepop import cms
        from schedulepop.directory import access, labor

        owner = arguments.organization(org, by)
        theirs = access.managed_locations(arguments.actor(by), owner)
        places = list(theirs.filter(pk=arguments.location(owner, location, by).pk) if location else theirs)
        rows = []
        for line in labor.lines(places, codes=owner.cms_codes):
            if unmapped and line.code is not None:
                continue
            said = str(line.code) if line.code else _unmapped(line.candidates) if owner.cms_codes else ""
            rows.append((line.location.name, line.duty.name, said, str(line.people)))
        print_rows(("Location", "Duty", "CMS code", "People"), rows)
        if not owner.cms_codes:
            out.print(f"CMS codes are switched off for {owner.name}.", style="dim")
        elif not unmapped:
            out.print(f"{len(cms.CODES)} CMS codes; `schedulepop cms codes` lists them.", style="dim")


def _unmapped(candidates: tuple[object, ...]) -> str:
    perhaps = " or ".join(str(one) for one in candidates)
    return f"none yet (perhaps {perhaps})" if perhaps else "none yet"


@app.command("cms")
def cms_(
    org: str,
    location: str,
    duty: str,
    code: Annotated[str, typer.Argument(help="1 to 40, or none.")],
    by: By = None,
) -> None:
    """Map a duty to its CMS labor code; everybody with the duty has it at once."""
    with database():
        from schedulepop import cms
        from schedulepop.directory import actions

        if code != "none" and whole_number(code) is None:
            raise fail("Write the code as a number from 1 to 40, or none.", USAGE)
        owner = arguments.organization(org, by)
        place = arguments.location(owner, location, by)
        found = place.duties.filter(name__iexact=duty, merged_into=None).first()
        if found is None:
            known = ", ".join(place.duties.filter(merged_into=None).values_list("name", flat=True))
            raise fail(f"{place.name} has no duty {duty!r}. It has: {known or 'none'}.")
        number = whole_number(code)
        with refusals_shown():
            people = actions.set_labor_code(found, number, actor=arguments.actor(by))
        said = cms.title(number) if number else "no CMS code"
        out.print(f"{found.name} at {place.name}: {said}. People changed: {people}.", markup=False)
