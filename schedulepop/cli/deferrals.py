"""`schedulepop sync defer` and `sync deferrals`: people of a hold who are kept apart for a week."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from schedulepop.cli import arguments
from schedulepop.cli.arguments import By, Json, OrgName, Plan, RunPath
from schedulepop.cli.at_once import code_of
from schedulepop.cli.database import database
from schedulepop.cli.output import fail, out, print_json, print_table, refusals_shown, table
from schedulepop.cli.sync import print_run


def defer(
    run: RunPath,
    source_ids: Annotated[list[str], typer.Argument(metavar="PAYROLL_ID…", help="Who is kept apart.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; whoever looks next week reads it.")],
    plan: Plan = None,
    as_json: Json = False,
    by: By = None,
) -> None:
    """Keep people of a hold apart for a week: they stay held, and no run asks about them meanwhile."""
    with database():
        from schedulepop.sync.run import partial_decisions

        found = arguments.run_at(run, by)
        with refusals_shown():
            done = partial_decisions.defer(
                found,
                plan_hash=plan or found.plan_hash,
                actor=arguments.actor(by),
                people=source_ids,
                reason=reason,
            )
        print_run(done, as_json)
        raise typer.Exit(code_of(done))


def deferrals(
    integration: OrgName,
    end: Annotated[
        str | None, typer.Option(metavar="PAYROLL_ID", help="From the next run on this person counts again.")
    ] = None,
    as_json: Json = False,
    by: By = None,
) -> None:
    """Who is kept apart, until when and why."""
    with database():
        from django.utils.timezone import now

        from schedulepop.sync.run import deferrals

        of = arguments.integration(integration, by)
        actor = arguments.reading_all(of.organization, by, "who is kept apart")
        standing = deferrals.standing(of.organization, of.local_date(now())).filter(integration=of)
        if end is not None:
            one = standing.filter(source_id=end).first()
            if one is None:
                raise fail(f"Nobody with the payroll ID {end} is kept apart.")
            with refusals_shown():
                deferrals.end(one, actor=actor)
            out.print(f"The next sync asks about {one.name or end} again.")
            return
        rows = [
            {
                "source_id": one.source_id,
                "name": one.name,
                "change": one.verb,
                "until": one.until.isoformat(),
                "by": one.by,
                "reason": one.reason,
            }
            for one in standing
        ]
        if as_json:
            print_json(rows)
            return
        shown = table("Payroll ID", "Name", "Payroll would", "Until", "By", "Reason")
        for row in rows:
            shown.add_row(*(Text(value) for value in row.values()))
        print_table(shown)
