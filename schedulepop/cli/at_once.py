"""Runs at once on the command line: driven here, and told person by person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from schedulepop.cli.output import DONE, FAILED, WAITS, fail, out, print_json

if TYPE_CHECKING:
    from schedulepop.accounts.actors import Actor
    from schedulepop.sync.models import Integration, Run


def follow(run: Run, *, as_json: bool = False) -> int:
    """Drives the run in this process, tells what became of everybody, and gives the exit code."""
    from schedulepop.sync.run import report, runs

    done = runs.drive(run.pk)
    if as_json:
        print_json(report.of_run(done))
    else:
        tell(done)
    return code_of(done)


def tell(run: Run) -> None:
    """One line a person; while another run goes first, that."""
    from schedulepop.sync.review import at_once
    from schedulepop.sync.run import at_once_requests as requests
    from schedulepop.sync.run import runs
    from schedulepop.wording import at_once as wording

    first = requests.goes_first(run)
    if first is not None or run.state in runs.UNDER_WAY:
        out.print(Text(wording.goes_first(first.number) if first else f"Run {run.number} is under way."))
        return
    if run.error:
        out.print(Text(run.error))
        return
    places = at_once.place_names(run)
    for one in at_once.outcomes(run, None):
        if one.done == "held":
            out.print(Text(wording.waits(one.name, one.reason, standing=one.standing)))
        else:
            out.print(Text(wording.became(one.name, one.done, places.get(one.location_id or 0, ""))))
        if one.letter:
            out.print(Text(wording.letter(one.name, one.letter)))
    if runs.is_waiting(run):
        name = f"{run.integration}#{run.number}"
        out.print(Text(f"  schedulepop sync approve {name} --plan {run.plan_hash}"))


def payroll_id(integration: Integration, who: str, actor: Actor) -> str:
    """The payroll ID of a username, or what was typed as one; an unknown one may be new in payroll."""
    from schedulepop.sync.models import Link

    links = Link.objects.filter(integration=integration, retired_at=None)
    if links.filter(source_id=who).exists():
        return who
    named = links.filter(user__username=who.lower()).order_by("further", "pk").first()
    if named is not None:
        return named.source_id
    if not actor.runs_syncs(integration.organization) and not who.strip():
        raise fail("Name a payroll ID or a username.")
    return who


def code_of(run: Run) -> int:
    """0 done, 1 failed, 3 waits for an approval (SPEC §9)."""
    from schedulepop.sync.run import runs

    if run.state == "failed":
        return FAILED
    return WAITS if runs.is_waiting(run) else DONE
