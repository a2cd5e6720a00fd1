"""`schedulepop sync undo RUN`: what would go back, and, by the hash of that, taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from schedulepop.cli import arguments
from schedulepop.cli.arguments import By, Json, Plan, RunPath
from schedulepop.cli.database import database
from schedulepop.cli.output import out, print_json, refusals_shown
from schedulepop.wording import holds as hold_words

if TYPE_CHECKING:
    from schedulepop.sync.review.undo.undo import Undo

CONFLICTS = {
    "changed": "was changed since and stays",
    "stays": "cannot be taken back and stays",
    "closed": "stays, since the location was closed",
    "not_recorded": "is not known from before this run and stays",
}


def undo(
    run: RunPath,
    person: Annotated[str | None, typer.Option(metavar="ID", help="Only this person, by payroll ID.")] = None,
    plan: Plan = None,
    as_json: Json = False,
    by: By = None,
) -> None:
    """Take back what a run did. Without --plan it only shows what would go back."""
    with database():
        from schedulepop.sync.review.undo import undo as door

        found = arguments.run_at(run, by)
        actor = arguments.reading_all(found.organization, by, "what an undo would take back")
        with refusals_shown():
            shown = door.preview(found, person)
            done = door.apply(shown.run, person, plan_hash=plan, actor=actor) if plan else None
        if as_json:
            print_json(_as_json(shown, done.number if done else None))
            return
        _print(shown)
        if done is None:
            again = f"schedulepop sync undo {run}" + (f" --person {person}" if person else "")
            out.print(Text(f"\nNothing was changed. To take it back:\n  {again} --plan {shown.digest}"))
        else:
            out.print(
                Text(f"Taken back by run {done.number}. While payroll sends these values, they stay out.")
            )


def _lines(shown: Undo) -> list[dict[str, Any]]:
    """Person and field, pay left out: a terminal may be read by anybody."""
    from schedulepop.employee import TELLS_PAY
    from schedulepop.sync.plan.names import full_names

    changes = shown.plan.changes.with_columns(full_names(shown.plan.changes).alias("name"))
    fields = shown.plan.fields.join(
        changes.select("change_no", "source_id", "name"), on="change_no", how="inner"
    )
    return [
        {
            "person": row["source_id"],
            "name": row["name"],
            "field": row["field"],
            "now": None if row["field"] in TELLS_PAY else row["old"],
            "back_to": None if row["field"] in TELLS_PAY else row["new"],
        }
        for row in fields.iter_rows(named=True)
    ]


def _as_json(shown: Undo, number: int | None) -> dict[str, Any]:
    kept = shown.conflicts.select("source_id", "field", "outcome")
    return {
        "run": shown.run.number,
        "plan": shown.digest,
        "undone_by": number,
        "changes": _lines(shown),
        "conflicts": [
            {"person": person, "field": field, "why": CONFLICTS[why]}
            for person, field, why in kept.iter_rows()
        ],
    }


def _print(shown: Undo) -> None:
    for line in _lines(shown):
        values = (
            f"{line['now'] or '—'} → {line['back_to'] or '—'}"
            if line["now"] or line["back_to"]
            else "goes back"
        )
        out.print(Text(f"  {line['name']} ({line['person']}) {line['field']}: {values}"))
    for person, field, why in shown.conflicts.select("source_id", "field", "outcome").iter_rows():
        out.print(Text(f"  {person} {field} {CONFLICTS[why]}", style="yellow"))
    for reason in hold_words.findings(shown.plan.holds.to_dicts()):
        out.print(Text(f"  The guard would have asked: {reason}", style="dim"))
    if shown.plan.changes.is_empty():
        out.print("  Nothing goes back.")
