"""What the run page shows beside the people: why something is on hold, the steps, the findings by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db.models import Count

from schedulepop.connectors import get
from schedulepop.sync.models import Change, Run, RunState, Trigger
from schedulepop.sync.plan.frames.questions import ANSWERABLE
from schedulepop.sync.plan.issue_codes import CODES, SAID_FIRST
from schedulepop.sync.run import fetching, runs
from schedulepop.web.runs import hold_figures, words
from schedulepop.web.runs.visible_run import VisibleRun
from schedulepop.web.runs.waiting import Waiting
from schedulepop.web.shell import charts
from schedulepop.web.templatetags.words import initials
from schedulepop.wording import holds as hold_words
from schedulepop.wording import issues as issue_words
from schedulepop.wording.lists import listing

REASONS = 6  # shown; one rule per person can give many
NIGHTS = 30
ROWS = 10  # rows of one finding on the page; more on request
MORE_ROWS = 100

_HISTORY: dict[str, tuple[tuple[str, ...], str]] = {
    "removals": (("deactivate", "transfer"), "People losing sign-in per run, last 30 runs"),
    "creates": (("create",), "People joining per run, last 30 runs"),
}
"""Rules whose figure has a past: the verbs counted, and what the bars show."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One guard that spoke: its figure, its limit, the sentence, and its last nights."""

    figure: str
    limit: str
    title: str
    text: str
    caption: str
    bars: charts.Bars | None


def summary(visible: VisibleRun) -> words.RunSummary:
    """The run as its words need it."""
    run = visible.run
    since = fetching.since(run) if run.state == RunState.QUEUED else None
    return words.RunSummary(
        number=run.number,
        state=run.state,
        rest=run.rest,
        preview=run.preview,
        first_sync=not run.integration.first_sync_done,
        stage=run.stage,
        counts=visible.counts,
        waiting=visible.waiting,
        suspect=_suspect(visible),
        read_at=visible.when(run.started_at or run.requested_at),
        only_dates=visible.run.trigger == Trigger.EFFECTIVE,
        may_approve=visible.may_approve,
        headline=visible.headline,
        place="" if visible.sees_all else listing([one.name for one in visible.visit.locations]),
        error=run.error,
        fetching=get(run.integration.connector).title if since else "",
        fetching_since=visible.when(since) if since else "",
        undoes=run.undo_of.number if run.undo_of else 0,
    )


def badge(run: Run) -> tuple[str, str]:
    """Tone and word of a run's state."""
    doubted = bool(run.holds) and not run.decided_by
    return words.badge(run.state, run.rest, doubted=doubted, changed=words.changes_in(run.counts) > 0)


def _suspect(visible: VisibleRun) -> str:
    """The one place whose data looks wrong; nothing when it is several or the whole file."""
    places = {hold.get("location_id") for hold in visible.holds if hold["scope"] != "person"}
    if len(places) != 1 or None in places:
        return "payroll’s file" if places else ""
    return visible.names().locations.get(int(str(places.pop())), "one location")


def reasons(visible: VisibleRun) -> list[Reason]:
    """The first few guards that spoke: why something is on hold, with what to do for whoever decides; for others,
    and once it is over, what they found."""
    names = visible.names().locations
    say = hold_words.reason if runs.is_waiting(visible.run) and visible.may_approve else hold_words.found
    found = []
    for hold in visible.holds[:REASONS]:
        rule, figure, limit = hold["rule"], hold["figure"], hold["limit"]
        location_id = hold["location_id"]
        where = names.get(location_id, "") if location_id is not None else ""
        bars, caption = _past(visible.run, rule, location_id, figure, limit)
        found.append(
            Reason(
                figure=hold_figures.figure(rule, figure),
                limit=hold_figures.limit_words(rule, limit),
                title=hold_figures.hold_title(rule, figure, where),
                text=say(rule, hold["params"]),
                caption=caption,
                bars=bars,
            )
        )
    return found


def _past(
    run: Run, rule: str, location_id: int | None, figure: float, limit: float
) -> tuple[charts.Bars | None, str]:
    """The rule's figure in the last runs, tonight's last. None for rules without a past."""
    known = _HISTORY.get(hold_figures.rule_kind(rule))
    if known is None:
        return None, ""
    before = (
        Run.objects.full()
        .filter(integration=run.integration_id, number__lt=run.number, state=RunState.APPLIED)
        .order_by("-number")
    )
    ids = list(before.values_list("pk", flat=True)[: NIGHTS - 1])
    applied = Change.objects.filter(run__in=ids, verb__in=known[0])
    if location_id is not None:
        applied = applied.filter(location_id=location_id)
    counted = dict(applied.values_list("run").annotate(n=Count("source_id", distinct=True)))
    values = [counted.get(pk, 0) for pk in reversed(ids)]
    return charts.nights([*values, int(figure)], limit), known[1]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a timeline."""

    title: str
    state: str  # done, here, later, none
    notes: tuple[str, ...] = ()
    seconds: str = ""


def steps(run: Run, waiting: Waiting) -> list[Step]:
    """Where the run is or was, step by step, with seconds where they are known."""
    seconds: Mapping[str, float] = run.summary.get("seconds", {})
    over = run.state not in (RunState.QUEUED, RunState.RUNNING)
    here = words.STAGES.index(run.stage) if run.stage in words.STAGES else -1
    planned = run.state in (RunState.PLANNED, RunState.HELD, RunState.DISCARDED, RunState.SUPERSEDED)
    found = []
    for position, stage in enumerate(words.STAGES):
        thing, doing = words.STAGE_WORDS[stage]
        state, note, title = "done", "", thing
        if run.state in (RunState.FAILED, RunState.SKIPPED):
            state = "here" if position == 0 else "none"
            note = "Stopped here" if position == 0 else ""
        elif not over:
            state = "done" if position < here else "here" if position == here else "later"
            title = doing if state == "here" else thing
        elif planned and stage in ("apply", "notify"):
            waits = runs.is_waiting(run)
            state = ("here" if stage == "apply" else "later") if waits else "none"
            note = "Waits for approval" if state == "here" else "" if waits else "Not needed"
        elif stage == "apply" and run.rest == Run.Rest.WAITING:
            note = f"All but {waiting.noun}"
        took = _seconds(seconds.get(stage)) if state == "done" else ""
        found.append(Step(title, state, (note,) if note else (), took))
    return found


def _seconds(value: float | None) -> str:
    if not value:
        return ""
    return f"{value:.2f} s" if value < 10 else f"{value:.0f} s"


@dataclass(frozen=True, slots=True)
class Answerless:
    """A record that waits for an answer or for the mapping: nobody is made or changed for it."""

    name: str
    initials: str
    row: int | None
    title: str
    question: str  # the payroll ID somebody can answer about; "" where the mapping or payroll has to


def answerless(visible: VisibleRun) -> tuple[int, list[Answerless]]:
    """How many records wait, and the first of them."""
    if visible.plan is None:
        return 0, []
    waits = visible.plan.records.filter((pl.col("bucket") == "held") & pl.col("reason").is_in(list(CODES)))
    if not visible.sees_all:
        waits = waits.filter(pl.col("location_id").is_in(list(visible.locations or ())))
    found = []
    for row in waits.head(ROWS).iter_rows(named=True):
        name = row["name"] or f"Payroll ID {row['source_id']}"
        asks = row["source_id"] if row["reason"] in ANSWERABLE else ""
        title = issue_words.title(row["reason"])
        found.append(Answerless(name, initials(name), row["row"], title, asks))
    return waits.height, found


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of problem in the file, with the rows it was found in."""

    code: str
    title: str
    cause: str
    remedy: str
    tone: str
    count: int
    rows: tuple[dict[str, Any], ...]
    start: int

    @property
    def answerable(self) -> bool:
        """Whether its rows have a page where somebody answers."""
        return self.code in ANSWERABLE

    @property
    def end(self) -> int:
        return self.start + len(self.rows)

    @property
    def left(self) -> int:
        return self.count - self.end


def findings(visible: VisibleRun, *, code: str = "", start: int = 0) -> list[Finding]:
    """The run's problems by kind, what stops a first sync first, then the most frequent.

    With a code that kind alone, with a longer page of rows.
    """
    problems = visible.problems
    if code:
        problems = problems.filter(pl.col("code") == code)
    found = []
    for (name,), group in problems.group_by("code", maintain_order=True):
        known, text = CODES.get(str(name)), issue_words.text(str(name))
        rows = group.sort("row", nulls_last=True, maintain_order=True).slice(start if code else 0)
        rows = rows.head(MORE_ROWS if code else ROWS)
        found.append(
            Finding(
                code=str(name),
                title=text.title,
                cause=text.cause,
                remedy=text.remedy,
                tone="" if known and known.severity == "info" else "warn",
                count=group.height,
                rows=tuple(visible.with_messages(rows)),
                start=start if code else 0,
            )
        )
    return sorted(found, key=lambda one: (one.code not in SAID_FIRST, one.tone == "", -one.count, one.code))
