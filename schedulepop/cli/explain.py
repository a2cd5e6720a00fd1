"""`schedulepop sync show RUN --person X`: one person of a run, from what came in to why they are as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from schedulepop.cli.output import out, print_json, refusals_shown
from schedulepop.wording import reasons

if TYPE_CHECKING:
    from schedulepop.accounts.actors import Actor
    from schedulepop.sync.models import Run


def print_person(run: Run, who: str, actor: Actor, *, as_json: bool) -> None:
    """What `sync show RUN --person X` says."""
    from schedulepop.sync.review import explain

    with refusals_shown():
        found = explain.explain(run, who, actor=actor)
    if as_json:
        print_json(
            {
                "run": f"{run.integration}#{run.number}",
                "person": found.source_id,
                "name": found.name,
                "came": [
                    {"row": one.row, "values": {column: value for _, column, value in one.values}}
                    for one in found.came
                ],
                "match": found.match,
                "suggestions": list(found.suggestions),
                "outcomes": list(found.outcomes),
                "changes": [
                    one | {"fields": [reasons.field_change(field) for field in one["fields"]]}
                    for one in found.changes
                ],
                "holds": list(found.holds),
                "issues": [{"title": title, "message": message} for title, message in found.issues],
            }
        )
        return
    out.print(Text(f"{found.name} ({found.source_id}) in run {run.number}", style="bold"))
    for came in found.came:
        out.print(Text(f"Came in, row {came.row}:"))
        for label, column, value in came.values:
            out.print(Text(f"  {label} ({column}): {value or '—'}"))
    out.print(Text(found.match))
    for line in (*found.suggestions, *found.outcomes):
        out.print(Text(f"  {line}"))
    for change in found.changes:
        held = f", held by {change['held_by']}" if change["held_by"] else ""
        out.print(Text(f"{change['verb']} at {change['location']}{held}"))
        for field in map(reasons.field_change, change["fields"]):
            out.print(
                Text(f"  {field['field']}: {field['old'] or '—'} → {field['new'] or '—'} ({field['why']})")
            )
    for reason in found.holds:
        out.print(Text(f"On hold: {reason}", style="yellow"))
    for title, message in found.issues:
        out.print(Text(f"{title}: {message}"))
