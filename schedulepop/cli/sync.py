"""`schedulepop sync …`: preview, run, runs, show, approve, discard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from schedulepop.cli import arguments, at_once, output
from schedulepop.cli.arguments import By, Json, OrgName, Plan, RunPath
from schedulepop.cli.database import database
from schedulepop.cli.explain import print_person
from schedulepop.cli.output import (
    DONE,
    FAILED,
    USAGE,
    WAITS,
    fail,
    out,
    print_json,
    print_table,
    refusals_shown,
    table,
)

if TYPE_CHECKING:
    from schedulepop.accounts.actors import Actor
    from schedulepop.sync.models import Run

app = typer.Typer(help="Syncs: preview, run, look, decide.", no_args_is_help=True)


@app.command()
def preview(integration: OrgName, as_json: Json = False, by: By = None) -> None:
    """Read the feed and show what a sync would do. Changes nobody."""
    with database():
        run = _execute(integration, by, preview=True, quiet=as_json)
        print_run(run, as_json)
        raise typer.Exit(FAILED if run.state == "failed" else DONE)


@app.command("run")
def run_(
    integration: OrgName,
    approve: Annotated[bool, typer.Option("--approve", help="Approve a first sync, on a terminal.")] = False,
    plan: Plan = None,
    full: Annotated[bool, typer.Option("--full", help="Compare everybody, however little changed.")] = False,
    as_json: Json = False,
    by: By = None,
) -> None:
    """Sync now. A first sync waits for an approval."""
    with database():
        from schedulepop.sync.run import runs

        actor = arguments.actor(by)
        found = arguments.integration(integration, by)
        if approve and found.first_sync_done:
            raise fail(
                "--approve is only for a first sync. Look at the run, then `sync approve RUN --plan HASH`.",
                USAGE,
            )
        if approve and not output.on_a_terminal():
            raise fail("--approve asks on a terminal. Scripts pass --plan HASH.", USAGE)
        run = _execute(integration, by, preview=False, full=full, quiet=as_json)
        if runs.is_waiting(run) and plan:
            run = _approve(run, plan, actor)
        elif runs.is_waiting(run) and approve:
            print_run(run, as_json=False)
            if typer.confirm(f"Create {run.counts['created']} people and apply everything above?"):
                run = _approve(run, run.plan_hash, actor)
        print_run(run, as_json)
        raise typer.Exit(at_once.code_of(run))


@app.command("runs")
def list_(integration: OrgName, last: int = 20, as_json: Json = False, by: By = None) -> None:
    """The newest runs."""
    with database():
        from schedulepop.sync.run import report

        of = arguments.integration(integration, by)
        arguments.reading_all(of.organization, by, "its runs")
        found = of.runs.defer("plan").order_by("-number")[:last]
        if as_json:
            print_json([report.of_run(run) for run in found])
            return
        shown = table("Run", "State", "Started by", "At")
        for title in ("Read", "Created", "Updated", "Held"):
            shown.add_column(title, justify="right")
        for run in found:
            figures = [str(run.counts.get(name, "")) for name in ("read", "created", "updated", "held")]
            when = run.requested_at.strftime("%Y-%m-%d %H:%M UTC")
            shown.add_row(str(run.number), run.state, Text(run.requested_by), when, *figures)
        print_table(shown)


@app.command()
def show(
    run: RunPath,
    person: Annotated[
        str | None, typer.Option(metavar="X", help="One person of it: payroll ID, username or name.")
    ] = None,
    as_json: Json = False,
    by: By = None,
) -> None:
    """One run: what it read, what changed, what waits; or one person of it: what came in, who it was, and why."""
    with database():
        if person is None:
            found = arguments.run_at(run, by)
            arguments.reading_all(found.organization, by, "whole runs. `--person X` shows one of yours")
            print_run(found, as_json)
        else:
            print_person(arguments.run_at(run, by), person, arguments.actor(by), as_json=as_json)


@app.command()
def approve(
    run: RunPath,
    plan: Plan = None,
    person: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this payroll ID; may be given several times.")
    ] = None,
    location: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="Only who waits at this location; several times.")
    ] = None,
    as_json: Json = False,
    by: By = None,
) -> None:
    """Apply what waits in a run, by the hash that `sync show` names; or only some people or locations of it."""
    if not plan:
        raise fail("Name the plan you have looked at: --plan HASH. `sync show` shows it.", USAGE)
    with database():
        found, actor = arguments.run_at(run, by), arguments.actor(by)
        if person or location:
            places = [arguments.location(found.organization, one, by).pk for one in location or ()]
            done = _approve(found, plan, actor, people=person or (), locations=places)
        else:
            done = _approve(found, plan, actor)
        print_run(done, as_json)
        raise typer.Exit(at_once.code_of(done))


@app.command()
def discard(run: RunPath, by: By = None) -> None:
    """Do not apply what waits in a run. The next run looks at it anew."""
    with database():
        from schedulepop.sync.run import runs

        with refusals_shown():
            done = runs.discard(arguments.run_at(run, by), actor=arguments.actor(by))
        out.print(f"Run {done.number} is discarded. Nothing of what waited was applied.")


@app.command()
def release(
    run: RunPath,
    source_id: Annotated[str, typer.Argument(metavar="PAYROLL_ID", help="The new person's payroll ID.")],
    as_json: Json = False,
    by: By = None,
) -> None:
    """Add one new person who is on hold, alone and at once; everything else goes on waiting."""
    with database():
        from schedulepop.sync.run import at_once_requests as requests

        with refusals_shown():
            asked = requests.release(arguments.run_at(run, by), source_id, actor=arguments.actor(by))
        raise typer.Exit(at_once.follow(asked, as_json=as_json))


@app.command()
def person(
    integration: OrgName,
    who: Annotated[str, typer.Argument(metavar="ID|USERNAME", help="Payroll ID or username.")],
    as_json: Json = False,
    by: By = None,
) -> None:
    """Sync one person now: payroll is asked where it can be, and only this person is changed."""
    with database():
        from django.utils.timezone import now

        from schedulepop.sync.review.at_once import sync_person

        found, actor = arguments.integration(integration, by), arguments.actor(by)
        source_id = at_once.payroll_id(found, who, actor)
        with refusals_shown():
            asked = sync_person(found, source_id, actor=actor, at=now(), cools_down=False)
        raise typer.Exit(at_once.follow(asked, as_json=as_json))


def _execute(path: str, by: str | None, *, preview: bool, full: bool = False, quiet: bool) -> Run:
    """Requests a run and drives it here; a running worker would find it driven already."""
    from schedulepop.sync.models import Trigger
    from schedulepop.sync.run import runs

    integration, actor = arguments.integration(path, by), arguments.actor(by)
    with refusals_shown():
        run = runs.request(integration, trigger=Trigger.MANUAL, actor=actor, preview=preview, full=full)
        if quiet or not out.is_terminal:
            return runs.drive(run.pk)
        with out.status(f"Run {run.number} of {integration} is under way…"):
            return runs.drive(run.pk)


def _approve(
    run: Run,
    plan: str,
    actor: Actor,
    *,
    people: Sequence[str] = (),
    locations: Sequence[int] = (),
) -> Run:
    """All of what waits, or only of these people and locations."""
    from schedulepop.sync.errors import Refused
    from schedulepop.sync.run import partial_decisions, runs

    try:
        with refusals_shown():
            if people or locations:
                return partial_decisions.approve(
                    run, plan_hash=plan, actor=actor, people=people, locations=locations
                )
            return runs.approve(run, plan_hash=plan, actor=actor)
    except typer.Exit as stop:
        if isinstance(stop.__cause__, Refused) and runs.is_waiting(runs.reload(run)):
            raise typer.Exit(WAITS) from stop
        raise


def print_run(run: Run, as_json: bool) -> None:
    """One run, for people or as JSON."""
    from schedulepop.sync.run import report, runs

    if as_json:
        print_json(report.of_run(run))
        return
    answer: dict[str, Any] = report.of_run(run)
    out.print(Text(f"Run {run.number} of {run.integration}: {run.state}", style="bold"))
    if run.error:
        out.print(Text(f"  {run.error}"))
        return
    counts = answer["counts"]
    figures = table(show_header=False)
    figures.add_column(justify="right")
    for bucket, figure in counts.items():
        figures.add_row(str(figure), bucket.replace("_", " "), style=None if figure else "dim")
    print_table(figures)
    for hold in answer["holds"]:
        out.print(Text(f"  On hold: {hold['reason']}", style="yellow"))
    for issue in answer["issues"]:
        out.print(Text(f"  {issue['count']} × {issue['code']}: {issue['rows'][0]['message']}"))
    _print_differences(run)
    if runs.is_waiting(run):
        out.print(
            Text(
                "\nThis waits for an approval:\n"
                f"  schedulepop sync approve {run.integration}#{run.number} --plan {run.plan_hash}"
            )
        )


def _print_differences(run: Run) -> None:
    """How the plan that waits differs from the one somebody wanted to approve."""
    changed: dict[str, Any] = run.summary.get("differences") or {}
    if not changed:
        return
    out.print(Text(f"  The plan has changed for {changed['people']} since it was looked at:", style="yellow"))
    for one in changed["first"]:
        out.print(Text(f"    {one['name']}: {one['was'] or 'nothing'} → {one['now'] or 'nothing'}"))
        for field in one["fields"]:
            out.print(Text(f"      {field['field']}: {field['old'] or '—'} → {field['new'] or '—'}"))
