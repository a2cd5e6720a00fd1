"""`schedulepop issues …`: what needs a person."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from rich.text import Text

from schedulepop.cli import arguments, at_once
from schedulepop.cli.arguments import By, Json
from schedulepop.cli.database import database
from schedulepop.cli.output import USAGE, fail, out, print_json, refusals_shown

app = typer.Typer(help="Issues: what needs a person.", no_args_is_help=True)


class Kind(StrEnum):
    """What a code of payroll's can name."""

    LOCATION = "location"
    DUTY = "duty"
    ZONE = "zone"
    STATUS = "status"


@app.callback()
def group() -> None:
    """Issues."""


@app.command("list")
def list_(
    org: str,
    as_json: Json = False,
    by: Annotated[str | None, typer.Option(help="The user who reads: only what they may see.")] = None,
) -> None:
    """Open issues with cause, remedy and who can fix them."""
    with database():
        from schedulepop.sync.plan.issue_codes import CODES
        from schedulepop.sync.review.issues import open_issues
        from schedulepop.wording import issues as issue_words

        owner = arguments.organization(org, by)
        reader = arguments.actor(by)
        issues = open_issues.visible_to(reader, owner).select_related("organization").order_by("code", "key")
        found = [(issue, *open_issues.told(issue, reader)) for issue in issues]
        if as_json:
            print_json(
                [
                    {
                        "code": i.code,
                        "key": i.key,
                        "count": i.count,
                        "message": message,
                        "fixer": CODES[i.code].fixer,
                        "first_seen": i.first_seen_at.isoformat(),
                        "rows": rows,
                    }
                    for i, message, rows in found
                ]
            )
            return
        if not found:
            out.print("No open issues.")
        for issue, message, _ in found:
            said = issue_words.text(issue.code)
            out.print(Text(f"{said.title} ({issue.count})", style="bold"))
            out.print(Text(f"  {message}"))
            out.print(
                Text(f"  {said.remedy} Who can: {CODES[issue.code].fixer.replace('_', ' ')}.", style="dim")
            )


@app.command("map")
def map_(
    org: str,
    kind: Kind,
    code: Annotated[str, typer.Argument(help="As payroll writes it.")],
    to: Annotated[
        str, typer.Option("--to", help="Name of the location, duty, zone or status it means.")
    ] = "",
    create: Annotated[
        bool, typer.Option("--create", help="Make it; named by --to, else like the code.")
    ] = False,
    location: Annotated[
        str | None, typer.Option(help="Where the duty or zone belongs, when the code waits at several.")
    ] = None,
    by: By = None,
) -> None:
    """Map a code that an issue names; the people who waited for it are filled at once."""
    if not to and not create:
        raise fail("Say what the code means: --to NAME, or --create to make it.", USAGE)
    if create and kind is Kind.STATUS:
        raise fail("Statuses are a closed list: map the word with --to STATUS.", USAGE)
    with database():
        from schedulepop.sync.review.issues import unmapped_codes

        owner, actor = arguments.organization(org, by), arguments.actor(by)
        place = arguments.location(owner, location, by) if location else None
        found = unmapped_codes.find(owner, kind.value, code, place)
        if not found:
            raise fail(
                f"No open issue is about the {kind.value} code {code!r}. `schedulepop issues list {org}` shows them."
            )
        if len({one.location for one in found}) > 1:
            names = ", ".join(sorted(one.location.name for one in found if one.location))
            raise fail(
                f"The code {code} waits at several locations: {names}. Say which: --location NAME.", USAGE
            )
        with refusals_shown():
            name = unmapped_codes.map_code(
                found[0], to="" if create else to, create=(to or code) if create else "", actor=actor
            )
            run = unmapped_codes.fill_waiting(found[0].issue, actor=actor)
            on_hold = unmapped_codes.waits_for_decision(found[0].issue)
        out.print(f"{code} is {name} now.", markup=False, highlight=False)
        if run is None:
            out.print(_not_filled(on_hold), markup=False, highlight=False)
        else:
            at_once.follow(run)


def _not_filled(on_hold: bool) -> str:
    """Why the people who waited are not filled at once."""
    from schedulepop.wording import mapped_codes

    return (
        mapped_codes.waits_for_decision()
        if on_hold
        else "The people who waited for it get it with the next run."
    )
