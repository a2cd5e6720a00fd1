"""`schedulepop sync undo RUN`: what would go back, and, by the hash of that, taking it back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from schedulepop.cli import naming
from schedulepop.cli.integration import By
from schedulepop.cli.naming import Json, RunPath
from schedulepop.cli.session import database, out
from schedulepop.cli.sync import Plan
from schedulepop.wording import holds as hold_words

if TYPE_CHECKING:
    from schedulepop.sync.review.undo.undo import Undo

WHY_KEPT = {
    "changed": "was changed since and stays",
    "stays": "cannot be taken back and stays",
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

        actor = naming.actor(by)
        with naming.said_plainly():
            shown = door.preview(naming.run_at(run), person)
            done = door.apply(shown.run, person, plan_hash=plan, actor=actor) if plan else None
        if as_json:
            print(json.dumps(_as_json(shown, done.number if done else None), indent=2))
            return
        _say(shown)
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
    told = shown.plan.fields.join(
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
        for row in told.iter_rows(named=True)
    ]


def _as_json(shown: Undo, number: int | None) -> dict[str, Any]:
    kept = shown.conflicts.select("source_id", "field", "outcome")
    return {
        "run": shown.run.number,
        "plan": shown.digest,
        "undone_by": number,
        "changes": _lines(shown),
        "conflicts": [
            {"person": person, "field": field, "why": WHY_KEPT[why]}
            for person, field, why in kept.iter_rows()
        ],
    }


def _say(shown: Undo) -> None:
    for line in _lines(shown):
        values = (
            f"{line['now'] or '—'} → {line['back_to'] or '—'}"
            if line["now"] or line["back_to"]
            else "goes back"
        )
        out.print(Text(f"  {line['name']} ({line['person']}) {line['field']}: {values}"))
    for person, field, why in shown.conflicts.select("source_id", "field", "outcome").iter_rows():
        out.print(Text(f"  {person} {field} {WHY_KEPT[why]}", style="yellow"))
    for reason in hold_words.reasons(shown.plan.holds.to_dicts()):
        out.print(Text(f"  The guard would have asked: {reason}", style="dim"))
    if shown.plan.changes.is_empty():
        out.print("  Nothing goes back.")
