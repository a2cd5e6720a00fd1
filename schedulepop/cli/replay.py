"""`schedulepop sync replay RUN`: a stored file planned again, by another mapping or policy."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from schedulepop.cli import arguments
from schedulepop.cli.arguments import By, Json, RunPath
from schedulepop.cli.database import database
from schedulepop.cli.output import USAGE, fail, out, print_json, refusals_shown

File = Annotated[Path | None, typer.Option()]


def replay(
    run: RunPath, mapping: File = None, policy: File = None, as_json: Json = False, by: By = None
) -> None:
    """Plan a run's stored file again, by another mapping or policy (TOML), and say what would differ.
    Writes nothing.
    """
    with database():
        from schedulepop.sync.integrations import mapping_files
        from schedulepop.sync.review import replay as door

        found = arguments.run_at(run, by)
        owner = found.integration.organization
        with refusals_shown():
            other = mapping_files.from_toml(arguments.text(mapping, owner, by)) if mapping else None
            numbers = _toml(arguments.text(policy, owner, by)) if policy else None
            done = door.replay(found, actor=arguments.actor(by), mapping=other, policy=numbers)
        if as_json:
            print_json(door.as_json(done))
            return
        if done.same:
            out.print("Nothing would differ." if mapping or policy else "The plan is the same.")
        for one in done.people():
            verbs = f"{one['was'] or 'unchanged'} → {one['now'] or 'unchanged'}"
            out.print(Text(f"{one['name']} ({one['source_id']}): {verbs}"))
            for field in one["fields"]:
                out.print(Text(f"  {field['field']}: {field['old'] or '—'} → {field['new'] or '—'}"))


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise fail(f"The policy file is not TOML: {error}.", USAGE) from None
