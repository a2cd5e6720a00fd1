"""`schedulepop sync …`: preview, run, runs, show, approve, discard."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from schedulepop.cli import naming, session
from schedulepop.cli.integration import By, OrgName
from schedulepop.cli.naming import Json, RunPath
from schedulepop.cli.session import DONE, FAILED, USAGE, WAITS, database, fail, out, print_table

if TYPE_CHECKING:
    from schedulepop.accounts.actors import Actor
    from schedulepop.sync.models import Run

app = typer.Typer(help="Syncs: preview, run, look, decide.", no_args_is_help=True)
Plan = Annotated[str | None, typer.Option("--plan", help="Hash of the plan that is approved.")]


@app.command()
def preview(integration: OrgName, as_json: Json = False, by: By = None) -> None:
    """Read the feed and show what a sync would do. Changes nobody."""
    with database():
        run = _drive(integration, naming.actor(by), preview=True, quiet=as_json)
        _say(run, as_json)
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

        actor = naming.actor(by)
        found = naming.integration(integration)
        if approve and found.first_sync_done:
            raise fail(
                "--approve is only for a first sync. Look at the run, then `sync approve RUN --plan HASH`.",
                USAGE,
            )
        if approve and not session.on_a_terminal():
            raise fail("--approve asks on a terminal. Scripts pass --plan HASH.", USAGE)
        run = _drive(integration, actor, preview=False, full=full, quiet=as_json)
        if runs.is_waiting(run) and plan:
            run = _approve(run, plan, actor)
        elif runs.is_waiting(run) and approve:
            _say(run, as_json=False)
            if typer.confirm(f"Create {run.counts['created']} people and apply everything above?"):
                run = _approve(run, run.plan_hash, actor)
        _say(run, as_json)
        raise typer.Exit(code_of(run))


@app.command("runs")
def list_(integration: OrgName, last: int = 20, as_json: Json = False, by: By = None) -> None:
    """The newest runs."""
    with database():
        from schedulepop.sync.run import runs

        of = naming.integration(integration)
        naming.reading_all(of.organization, by, "its runs")
        found = of.runs.defer("plan").order_by("-number")[:last]
        if as_json:
            print(json.dumps([runs.as_json(run) for run in found], indent=2))
            return
        table = Table(box=None, padding=(0, 2))
        for title in ("Run", "State", "Started by", "At", "Read", "Created", "Updated", "Held"):
            table.add_column(
                title, justify="right" if title in ("Read", "Created", "Updated", "Held") else "left"
            )
        for run in found:
            figures = [str(run.counts.get(name, "")) for name in ("read", "created", "updated", "held")]
            when = run.requested_at.strftime("%Y-%m-%d %H:%M UTC")
            table.add_row(str(run.number), run.state, Text(run.requested_by), when, *figures)
        print_table(table)


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
            found = naming.run_at(run)
            naming.reading_all(found.organization, by, "whole runs. `--person X` shows one of yours")
            _say(found, as_json)
        else:
            from schedulepop.cli.looking import say_person

            say_person(naming.run_at(run), person, naming.actor(by), as_json=as_json)


@app.command()
def approve(run: RunPath, plan: Plan = None, as_json: Json = False, by: By = None) -> None:
    """Apply what waits in a run, by the hash that `sync show` names."""
    if not plan:
        raise fail("Name the plan you have looked at: --plan HASH. `sync show` shows it.", USAGE)
    with database():
        done = _approve(naming.run_at(run), plan, naming.actor(by))
        _say(done, as_json)
        raise typer.Exit(code_of(done))


@app.command()
def discard(run: RunPath, by: By = None) -> None:
    """Do not apply what waits in a run. The next run looks at it anew."""
    with database():
        from schedulepop.sync.run import runs

        with naming.said_plainly():
            done = runs.discard(naming.run_at(run), actor=naming.actor(by))
        out.print(f"Run {done.number} is discarded. Nothing of what waited was applied.")


@app.command()
def release(
    run: RunPath,
    source_id: Annotated[str, typer.Argument(metavar="PAYROLL_ID", help="The new person's payroll ID.")],
    as_json: Json = False,
    by: By = None,
) -> None:
    """Add one new person who is on hold, alone; everything else goes on waiting."""
    with database():
        from schedulepop.sync.run import runs

        with naming.said_plainly():
            done = runs.release(naming.run_at(run), source_id, actor=naming.actor(by))
        _say(done, as_json)
        raise typer.Exit(code_of(done))


def code_of(run: Run) -> int:
    """0 done, 1 failed, 3 waits for an approval (SPEC §9)."""
    from schedulepop.sync.run import runs

    if run.state == "failed":
        return FAILED
    return WAITS if runs.is_waiting(run) else DONE


def _drive(path: str, actor: Actor, *, preview: bool, full: bool = False, quiet: bool) -> Run:
    """Requests a run and drives it here; a running worker would find it driven already."""
    from schedulepop.sync.models import Trigger
    from schedulepop.sync.run import runs

    integration = naming.integration(path)
    with naming.said_plainly():
        run = runs.request(integration, trigger=Trigger.MANUAL, actor=actor, preview=preview, full=full)
        if quiet or not out.is_terminal:
            return runs.drive(run.pk)
        with out.status(f"Run {run.number} of {integration} is under way…"):
            return runs.drive(run.pk)


def _approve(run: Run, plan: str, actor: Actor) -> Run:
    from schedulepop.sync.errors import Refused
    from schedulepop.sync.run import runs

    try:
        with naming.said_plainly():
            return runs.approve(run, plan_hash=plan, actor=actor)
    except typer.Exit as stop:
        if isinstance(stop.__cause__, Refused) and runs.is_waiting(runs.reload(run)):
            raise typer.Exit(WAITS) from stop
        raise


def _say(run: Run, as_json: bool) -> None:
    from schedulepop.sync.run import runs

    if as_json:
        print(json.dumps(runs.as_json(run), indent=2))
        return
    said: dict[str, Any] = runs.as_json(run)
    out.print(Text(f"Run {run.number} of {run.integration}: {run.state}", style="bold"))
    if run.error:
        out.print(Text(f"  {run.error}"))
        return
    counts = said["counts"]
    table = Table(box=None, padding=(0, 2), show_header=False)
    table.add_column(justify="right")
    for bucket, figure in counts.items():
        table.add_row(str(figure), bucket.replace("_", " "), style=None if figure else "dim")
    print_table(table)
    for hold in said["holds"]:
        out.print(Text(f"  On hold: {hold['reason']}", style="yellow"))
    for issue in said["issues"]:
        out.print(Text(f"  {issue['count']} × {issue['code']}: {issue['rows'][0]['message']}"))
    _say_differences(run)
    if runs.is_waiting(run):
        out.print(
            Text(
                f"\nThis waits for an approval:\n  schedulepop sync approve {run.integration}#{run.number} --plan {run.plan_hash}"
            )
        )


def _say_differences(run: Run) -> None:
    """How the plan that waits differs from the one somebody wanted to approve."""
    told: dict[str, Any] = run.summary.get("differences") or {}
    if not told:
        return
    out.print(Text(f"  The plan has changed for {told['people']} since it was looked at:", style="yellow"))
    for one in told["first"]:
        out.print(Text(f"    {one['name']}: {one['was'] or 'nothing'} → {one['now'] or 'nothing'}"))
        for field in one["fields"]:
            out.print(Text(f"      {field['field']}: {field['old'] or '—'} → {field['new'] or '—'}"))
