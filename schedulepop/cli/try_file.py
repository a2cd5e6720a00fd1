"""`schedulepop try FILE`: no set-up, writes nothing, says what a first sync would do and names every doubtful row."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from schedulepop import employee
from schedulepop.cli.arguments import Json
from schedulepop.cli.output import FAILED, fail, out, print_json, print_table, table
from schedulepop.lib.text import mask

if TYPE_CHECKING:
    import polars as pl


def try_(
    file: Annotated[Path, typer.Argument(help="A payroll export: CSV, TSV or a workbook, also packed.")],
    as_json: Json = False,
) -> None:
    """Read any payroll export and say what a first sync would create. Writes nothing."""
    from schedulepop.sync.errors import NeedsAdmin
    from schedulepop.sync.integrations import known_reports
    from schedulepop.sync.plan import file_profiles, storage, trial
    from schedulepop.sync.run import feed_text, report
    from schedulepop.wording import refusals

    started = time.perf_counter()
    try:
        text = feed_text.text_in(file, name=file.name)
        looked = trial.profile_file(text.data, name=file.name)
        known = file_profiles.proposal(looked.feed)
        if known.mapping is not None:
            looked = trial.profile_feed(looked.feed, known.mapping)
        seen, assumed = trial.with_assumed_status(looked)
        seen = replace(seen, feed=replace(seen.feed, notes=(*text.notes, *seen.feed.notes)))
    except NeedsAdmin as error:
        if as_json:
            print_json(unreadable(refusals.of(error), error.code))
        raise fail(refusals.of(error), FAILED) from error
    except OSError as error:
        raise fail(f"{file} cannot be read: {error.strerror}.", FAILED) from error
    read_in = time.perf_counter() - started
    today = datetime.now().astimezone().date()
    plan = trial.first_sync(seen, today=today, mapping=known.mapping)
    plan.seconds["read"] = read_in
    plan = replace(plan, problems=trial.without_names(plan.problems))
    answer = report.of_plan(plan, storage.digest(plan.changes, plan.fields))
    if as_json:
        print_json(answer)
        return
    _print(
        file.name,
        seen,
        answer,
        assumed,
        trial.people(plan),
        [known_reports.said(known), known_reports.differences(known)],
    )


def unreadable(message: str, code: str) -> dict[str, object]:
    """The JSON of a file that could not be read: the same keys, nothing in them but the reason."""
    from schedulepop.sync.run import report

    row = {"row": None, "column": None, "value": None, "message": message}
    return {
        "run": None,
        "state": "failed",
        "plan": None,
        "counts": report.counts({}),
        "issues": [{"code": code, "count": 1, "rows": [row]}],
        "columns": {},
        "unknown_columns": [],
        "holds": [],
        "seconds": {**dict.fromkeys(report.STEPS, 0.0), "total": 0.0},
    }


def _print(
    name: str,
    seen: object,
    answer: dict[str, object],
    assumed: str | None,
    people: dict[str, int],
    known: list[str],
) -> None:
    """The same for a person: the sentence first, then columns, then doubtful rows."""
    from schedulepop.sync.plan.frames.feed import FileProfile
    from schedulepop.wording import files

    assert isinstance(seen, FileProfile)  # noqa: S101 (for the type checker)
    counts: dict[str, int] = answer["counts"]  # type: ignore[assignment]
    out.print()
    out.print(Text(f"{name}: {counts['read']} records", style="bold"))
    for sentence in filter(None, known):
        out.print(f"  {sentence}", markup=False)
    for note in seen.feed.notes:
        out.print(f"  {files.note(*note)}", style="dim", markup=False)
    if assumed is not None:
        out.print(
            Text(f"  {assumed} is read as the employment status, by its values: a first sync asks.", "yellow")
        )
    if seen.columns and "location" not in seen.columns:
        out.print("  There is no location column, so everyone belongs to one assumed location.", style="dim")
    out.print()
    out.print(Text(f"A first sync would create {_people(people, counts, 'created')}.", style="bold green"))
    for bucket, words in (
        ("excluded", "left already and would not be created"),
        ("held", "would wait for an answer"),
        ("rejected", "cannot be used"),
    ):
        if counts[bucket]:
            out.print(f"  {_people(people, counts, bucket)} {words}.")
    for hold in answer["holds"]:  # type: ignore[attr-defined]
        out.print(Text(f"  On hold: {hold['reason']}", style="yellow"))
    if not seen.columns:
        _samples(seen.feed.table)
    _columns(seen.columns, answer["unknown_columns"], seen.feed.dropped)  # type: ignore[arg-type]
    _doubtful_rows(answer["issues"])  # type: ignore[arg-type]


def _samples(read: pl.DataFrame) -> None:
    """A file of which no column is known: what is in it, masked, for whoever says which column is which."""
    shown = table("Column", "Values", title="Columns in the file", title_justify="left")
    for name in read.columns[1:]:
        values = read[name].drop_nulls().unique(maintain_order=True).head(3).to_list()
        shown.add_row(Text(name), Text(", ".join(map(mask, values))))
    out.print()
    print_table(shown)


def _people(people: dict[str, int], counts: dict[str, int], bucket: str) -> str:
    """`3 people (5 records)`; records alone where nobody knows whose they are."""
    from schedulepop.wording import lists

    records, who = counts[bucket], people.get(bucket, 0)
    one = lists.records(records)
    if bucket == "rejected":
        return one
    counted = lists.people(who)
    return counted if who == records else f"{counted} ({one})"


def _columns(found: dict[str, str], unknown: list[str], dropped: dict[str, str]) -> None:
    shown = table("Field", "Column in the file", title="Columns", title_justify="left")
    for field, column in found.items():
        shown.add_row(employee.BY_NAME[field].label, Text(column))
    out.print()
    print_table(shown)
    if unknown:
        out.print(Text(f"  Not used: {', '.join(unknown)}", style="dim"))
    for column, why in dropped.items():
        out.print(Text(f"  Never read: {column} ({why})", style="dim"))


def _doubtful_rows(issues: list[dict[str, object]]) -> None:
    from schedulepop.wording import issues as issue_words

    if not issues:
        out.print("\nNo doubtful rows.")
        return
    out.print()
    out.print(Text("Doubtful rows", style="bold"), Text("row 1 is the file's first line", style="dim"))
    for issue in issues:
        words = issue_words.text(str(issue["code"]))
        out.print()
        out.print(Text(f"{words.title} ({issue['count']})", style="bold"))
        out.print(Text(f"  {words.remedy}", style="dim"))
        rows = table(show_header=False)
        for row in issue["rows"]:  # type: ignore[attr-defined]
            place = f"row {row['row']}" if row["row"] else "the file"
            rows.add_row(place, Text(row["column"] or ""), Text(row["value"] or ""), Text(row["message"]))
        print_table(rows)
