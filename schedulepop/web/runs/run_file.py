"""The people of a plan or run as rows of a file: as filtered, one row a person, every field with old and new."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from django.http import HttpResponse
from django.utils.timezone import now

from schedulepop.web.runs import plan_groups
from schedulepop.web.runs.plan_people import Line, people_of, plan_state
from schedulepop.web.runs.visible_run import VisibleRun
from schedulepop.web.shell import download

TITLES = (
    "Name",
    "Payroll ID",
    "Row of the file",
    "What happens",
    "State",
    "Duty, zone and location",
    "Changes",
)
_AT_ONCE = 1_000


def answer(visible: VisibleRun, form: str, keyed: pl.DataFrame, show: str) -> HttpResponse:
    """The file. `keyed`: the changes that the page's search leaves; `show`: its filter."""
    number = visible.run.number
    what = (f"run-{number}", f"the people of run {number}")
    return download.answer(visible.visit, form, what, TITLES, _rows(visible, keyed, show), now())


def _rows(visible: VisibleRun, keyed: pl.DataFrame, show: str) -> Iterator[list[str]]:
    plan, state = visible.plan, plan_state(visible.run.state, visible.run.rest)
    if plan is None:
        return
    for key in plan_groups.shown_keys(show, keyed):
        title, _, word = plan_groups.heading(key, state)
        for part in keyed.filter(pl.col("key") == key).iter_slices(_AT_ONCE):
            new = part.filter(pl.col("user_id").is_null())["source_id"].to_list()
            for one in people_of(plan, part, visible.names(new, part=part), state):
                row = "" if one.row is None else str(one.row)
                changes = "; ".join(_words(line) for line in one.lines)
                yield [one.name, one.source_id, row, title, word, one.about, changes]


def _words(line: Line) -> str:
    """`Primary zone: East Wing → Memory Care`."""
    values = f"{line.old} → {line.new}" if line.old else line.new
    return f"{line.label}: {values}"
