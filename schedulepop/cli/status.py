"""`schedulepop status`: the installation over all organizations, in the figures `/metrics` gives."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from schedulepop.cli.database import database
from schedulepop.cli.output import DONE, FAILED, out, print_json, print_rows
from schedulepop.wording import operations as wording

if TYPE_CHECKING:
    from schedulepop.health.figures import Figures

Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


def status(json: Json = False) -> None:
    """How the installation is: workers, queues, runs, integrations, mail, over all organizations."""
    with database(migrated=False):
        from schedulepop.health import figures, readiness
        from schedulepop.jobs import QUEUES
        from schedulepop.sync.models import RunState

        parts = readiness.readiness()
        behind = parts["migrations"] != readiness.OK
        told = None if behind else figures.read(queues=tuple(QUEUES), run_states=tuple(RunState.values))
    ready = set(parts.values()) == {readiness.OK}
    if json:
        print_json({"ready": ready, **parts, "figures": None if told is None else asdict(told)})
    else:
        print_rows(("Part", "Is"), [*parts.items(), *([] if told is None else _rows(told))])
        if behind:
            out.print(
                "Run `schedulepop migrate` first: the figures are counted by the schema of this version."
            )
    raise typer.Exit(DONE if ready else FAILED)


def _rows(told: Figures) -> list[tuple[str, str]]:
    """One line per figure; run states nobody is in are left out."""
    beat = told.worker_beat_seconds
    return [
        ("worker's last beat", "never" if beat is None else f"{_age(beat)} ago"),
        *((f"queue {name}", _waiting(one.jobs, one.oldest_seconds)) for name, one in told.queues.items()),
        ("fetches under way", f"{told.fetches:,}"),
        *((f"runs in 24 hours, {state}", f"{count:,}") for state, count in told.runs.items() if count),
        *((f"integrations {name}", f"{count:,}") for name, count in told.integrations.items()),
        ("letters waiting", _waiting(told.letters["waiting"], told.oldest_letter_seconds)),
        *(
            (f"letters {_words(state)}", f"{count:,}")
            for state, count in told.letters.items()
            if count and state != "waiting"
        ),
        *((f"mail stopped of {whose}", f"{count:,}") for whose, count in told.mail_stops.items() if count),
        *([("mail server silent for", _age(away))] if (away := told.mail_server_away_seconds) else []),
        ("dead jobs", f"{told.dead_jobs:,}"),
        ("size of the database", f"{told.database_bytes / 2**20:,.0f} MB"),
        *(
            (f"stored {name}", wording.stored(one.bytes, one.rows, one.bytes_a_day))
            for name, one in told.sizes.items()
        ),
    ]


def _words(state: str) -> str:
    return state.replace("_", " ")


def _waiting(count: int, oldest_seconds: float) -> str:
    return f"{count:,}, the oldest for {_age(oldest_seconds)}" if count else "0"


def _age(seconds: float) -> str:
    """`45 s`, `12 min`, `7 h`, `3 days`."""
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
