"""`schedulepop sync replay RUN` and the person behind `sync show RUN --person X`: looks that write nothing."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from schedulepop.cli import naming
from schedulepop.cli.integration import By
from schedulepop.cli.naming import Json, RunPath
from schedulepop.cli.session import USAGE, database, fail, out

if TYPE_CHECKING:
    from schedulepop.accounts.actors import Actor
    from schedulepop.sync.models import Run

File = Annotated[Path | None, typer.Option(exists=True, dir_okay=False)]


def replay(
    run: RunPath, mapping: File = None, policy: File = None, as_json: Json = False, by: By = None
) -> None:
    """Plan a run's stored file again, by another mapping or policy (TOML), and say what would differ. Writes nothing."""
    with database():
        from schedulepop.sync.integrations import lifecycle
        from schedulepop.sync.review import replay as door

        with naming.said_plainly():
            other = lifecycle.mapping_from_toml(mapping.read_text("utf-8")) if mapping else None
            numbers = _toml(policy) if policy else None
            done = door.replay(naming.run_at(run), actor=naming.actor(by), mapping=other, policy=numbers)
        if as_json:
            print(json.dumps(door.as_json(done), indent=2, default=str))
            return
        if done.same:
            out.print("Nothing would differ." if mapping or policy else "The plan is the same.")
        for one in done.people():
            out.print(
                Text(
                    f"{one['name']} ({one['source_id']}): {one['was'] or 'unchanged'} → {one['now'] or 'unchanged'}"
                )
            )
            for field in one["fields"]:
                out.print(Text(f"  {field['field']}: {field['old'] or '—'} → {field['new'] or '—'}"))


def say_person(run: Run, who: str, actor: Actor, *, as_json: bool) -> None:
    """What `sync show RUN --person X` says."""
    from schedulepop.sync.review import explain

    with naming.said_plainly():
        told = explain.explain(run, who, actor=actor)
    if as_json:
        print(
            json.dumps(
                {
                    "run": f"{run.integration}#{run.number}",
                    "person": told.source_id,
                    "name": told.name,
                    "came": [
                        {"row": one.row, "values": {column: value for _, column, value in one.values}}
                        for one in told.came
                    ],
                    "match": told.match,
                    "suggestions": list(told.suggestions),
                    "outcomes": list(told.outcomes),
                    "changes": list(told.changes),
                    "holds": list(told.holds),
                    "issues": [{"title": title, "message": message} for title, message in told.issues],
                },
                indent=2,
                default=str,
            )
        )
        return
    out.print(Text(f"{told.name} ({told.source_id}) in run {run.number}", style="bold"))
    for came in told.came:
        out.print(Text(f"Came in, row {came.row}:"))
        for label, column, value in came.values:
            out.print(Text(f"  {label} ({column}): {value or '—'}"))
    out.print(Text(told.match))
    for line in (*told.suggestions, *told.outcomes):
        out.print(Text(f"  {line}"))
    for change in told.changes:
        held = f", held by {change['held_by']}" if change["held_by"] else ""
        out.print(Text(f"{change['verb']} at {change['location']}{held}"))
        for field in change["fields"]:
            out.print(
                Text(f"  {field['field']}: {field['old'] or '—'} → {field['new'] or '—'} ({field['why']})")
            )
    for reason in told.holds:
        out.print(Text(f"On hold: {reason}", style="yellow"))
    for title, message in told.issues:
        out.print(Text(f"{title}: {message}"))


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise fail(f"The policy file is not TOML: {error}.", USAGE) from None
