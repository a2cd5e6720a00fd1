"""What a run says about itself: the title, the lead and the counts of the run pages, made from plain data.

Consequence first, then the figure, then what stays safe (design README, 6 and 7). Nothing is read here, so
that each sentence has a test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from schedulepop.sync.run.headline import Code, Headline
from schedulepop.web.runs.waiting import Waiting, changes_words
from schedulepop.web.shell.words import people
from schedulepop.web.templatetags.words import upper_first
from schedulepop.wording import headlines
from schedulepop.wording.spoken import number
from schedulepop.wording.translation import ngettext

STAGES = ("read", "normalize", "match", "diff", "guard", "apply", "notify")
STAGE_WORDS: dict[str, tuple[str, str]] = {
    "read": ("Read payroll", "Reading payroll"),
    "normalize": ("Understand each record", "Understanding each record"),
    "match": ("Find each person", "Finding each person"),
    "diff": ("Compare with SchedulePop", "Comparing with SchedulePop"),
    "guard": ("Look for anything unusual", "Looking for anything unusual"),
    "apply": ("Write the changes", "Writing the changes"),
    "notify": ("Queue the emails", "Queueing the emails"),
}
"""Each step of a run as a thing to do, and as what is being done right now."""

BUCKET_WORDS: dict[str, tuple[str, str]] = {
    "created": ("joined", "would join"),
    "updated": ("changed", "would change"),
    "reactivated": ("came back", "would come back"),
    "transferred": ("moved", "would move"),
    "deactivated": ("lost sign-in", "would lose sign-in"),
    "held": ("held", "held"),
    "rejected": ("unreadable", "unreadable"),
}
"""Buckets worth a word in a list of runs, done and planned. Usual is quiet: the others are not named."""

TRIGGER_WORDS = {
    "manual": "Sync now",
    "schedule": "Nightly",
    "push": "Payroll sent a file",
    "effective": "Due today",
    "answer": "At once",
}

_STATE_BADGES: dict[str, tuple[str, str]] = {
    "queued": ("info", "Waiting to start"),
    "running": ("info", "Running"),
    "planned": ("info", "Preview"),
    "held": ("warn", "Held"),
    "applied": ("ok", "Applied"),
    "discarded": ("", "Discarded"),
    "superseded": ("", "Replaced"),
    "skipped": ("", "Skipped"),
    "failed": ("risk", "Failed"),
    "undone": ("", "Undone"),
}


def badge(state: str, rest: str = "none", *, doubted: bool = False, changed: bool = True) -> tuple[str, str]:
    """Tone and word of a run's state. A run that applied something and still waits says that it waits.

    `doubted`: a guard spoke and nobody has decided, even if there was nobody to hold (an empty file).
    """
    if state == "applied" and (rest == "waiting" or (rest == "none" and doubted)):
        return "warn", "Partly held" if changed else "Held"
    return _STATE_BADGES.get(state, ("", state))


def counts_line(state: str, counts: Mapping[str, int]) -> str:
    """A run's counts in words: `3 joined, 11 changed, 9 held`."""
    tense = 0 if state in ("applied", "undone") else 1
    parts = [f"{counts[name]:,} {words[tense]}" for name, words in BUCKET_WORDS.items() if counts.get(name)]
    removed = counts.get("removed_missing", 0)
    if removed:
        parts.append(f"{removed:,} {'removed' if tense == 0 else 'would be removed'}: gone from payroll")
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run as far as its words depend on it."""

    number: int
    state: str
    rest: str
    preview: bool
    first_sync: bool
    stage: str
    counts: Mapping[str, int]
    waiting: Waiting
    suspect: str  # "Oak Hill", "the whole organization", "" when nothing is held
    read_at: str  # "at 2:14 this morning", "" when nothing was read
    may_approve: bool  # whether the reader may approve
    headline: Headline  # what may be said of it when it changes nobody
    place: str = ""  # a manager's locations, when the reader sees only their part
    error: str = ""
    only_dates: bool = False  # no feed was read: staged dates fell due
    fetching: str = ""  # the platform that is being asked, "" while nobody asks
    fetching_since: str = ""  # "at 2:14 this morning"
    undoes: int = 0  # the number of the run that this one takes back, 0: none


def changes_in(counts: Mapping[str, int]) -> int:
    """People whose record changed or would change, held ones apart."""
    return sum(
        counts.get(name, 0) for name in ("created", "updated", "reactivated", "transferred", "deactivated")
    ) + (counts.get("removed_missing", 0))


def title(run: RunSummary) -> str:
    """The consequence, as the page's heading."""
    if run.rest == "waiting" and run.state in ("applied", "held") and run.waiting.total:
        title = (
            ngettext("%s is waiting for you", "%s are waiting for you", run.waiting.total)
            if run.may_approve
            else ngettext("%s is waiting for a decision", "%s are waiting for a decision", run.waiting.total)
        )
        return title % upper_first(run.waiting.noun)
    if run.undoes:
        return _undo_title(run)
    return _TITLES.get(run.state, _plain_title)(run)


def lead(run: RunSummary) -> str:
    """The line below the heading: what is safe, what was read, what was done."""
    if run.undoes:
        return f"Taken back from run {run.undoes}. While payroll sends the same values, they stay out."
    if _only_the_feed_on_hold(run) and not run.waiting.total:
        return f"Nothing has been changed. {_read_part(run)}, and it looks wrong."
    words = _LEADS.get(run.state)
    return words(run) if words else ""


def _only_the_feed_on_hold(run: RunSummary) -> bool:
    """A guard doubted the feed and there was nothing to apply: no person waits, and yet it is not done."""
    return run.headline.code is Code.FEED_HELD and not changes_in(run.counts)


def _undo_title(run: RunSummary) -> str:
    back = changes_in(run.counts)
    said = ngettext("%s person is as before", "%s people are as before", back) % number(back)
    return f"{upper_first(said)} run {run.undoes}"


def _plain_title(run: RunSummary) -> str:
    return f"Run {run.number}"


def _running_title(run: RunSummary) -> str:
    return f"{STAGE_WORDS[run.stage][1] if run.stage in STAGE_WORDS else 'Starting'}…"


def _planned_title(run: RunSummary) -> str:
    joins, changes = run.counts.get("created", 0), changes_in(run.counts)
    if run.first_sync and joins and joins == changes:
        return f"{upper_first(people(joins))} would join the User List"
    if changes:
        return f"{upper_first(people(changes))} would change"
    return headlines.run(run.headline.code, run.headline.count, planned=True)


def _applied_title(run: RunSummary) -> str:
    changes = changes_in(run.counts)
    if run.rest == "discarded":
        discarded = ngettext("%s was discarded", "%s were discarded", run.waiting.total)
        return discarded % upper_first(run.waiting.noun)
    if not changes:
        return headlines.run(run.headline.code, run.headline.count, planned=False)
    joins = run.counts.get("created", 0)
    if joins == changes:
        return f"{upper_first(people(joins))} joined the User List"
    return f"{upper_first(people(changes))} changed, as payroll has them"


_TITLES: dict[str, Callable[[RunSummary], str]] = {
    "queued": lambda run: f"Fetching from {run.fetching}…" if run.fetching else "Waiting to start",
    "running": _running_title,
    "planned": _planned_title,
    "applied": _applied_title,
    "held": lambda run: headlines.run(run.headline.code, run.headline.count, planned=False),
    "discarded": lambda run: "This plan was discarded",
    "superseded": lambda run: "A newer run has replaced this one",
    "skipped": lambda run: "This file was skipped",
    "failed": lambda run: "Payroll could not be read",
    "undone": lambda run: "This run was undone",
}


def _read_part(run: RunSummary) -> str:
    if run.place:
        return f"This is the part of run {run.number} that concerns {run.place}"
    if run.only_dates:
        return f"Run {run.number} looked at what fell due by date"
    at = f" {run.read_at}" if run.read_at else ""
    read = run.counts.get("read", 0)
    records = ngettext("%s record", "%s records", read) % number(read)
    return f"Run {run.number} read {records} from payroll{at}"


def _applied_lead(run: RunSummary) -> str:
    done = changes_in(run.counts)
    if run.place:
        return f"{_read_part(run)}."
    applied = f"applied {changes_words(done)}" if done else "applied no changes"
    if run.rest == "waiting":
        total = run.waiting.total
        these = ngettext("this one", "these %(number)s", total) % {"number": number(total)}
        safe = (
            "Nobody has lost sign-in"
            if run.waiting.removals and not run.counts.get("deactivated")
            else ("What is on hold has not been touched")
        )
        because = f" because {run.suspect} looks wrong" if run.suspect else ""
        return f"{safe}. {_read_part(run)}, {applied}, and put {these} on hold{because}."
    kept = {
        "approved": " What was on hold was approved.",
        "discarded": " What was on hold was discarded; nobody it named was touched.",
        "superseded": " What was on hold was replaced by a newer run.",
    }.get(run.rest, "")
    return f"{_read_part(run)} and {applied}.{kept}"


def _held_lead(run: RunSummary) -> str:
    if run.headline.code is Code.FEED_HELD or run.place:
        return (
            f"Nothing has been changed. {_read_part(run)} and put everything on hold because it looks wrong."
        )
    these = ngettext("this one", "these %(number)s", run.waiting.total) % {
        "number": number(run.waiting.total)
    }
    because = f" because {run.suspect} looks wrong" if run.suspect else ""
    return f"Nothing has been changed. {_read_part(run)} and put {these} on hold{because}."


def _planned_lead(run: RunSummary) -> str:
    if not changes_in(run.counts) and not run.waiting.total and run.headline.code is not Code.FEED_HELD:
        return f"{_read_part(run)}. There is nothing to approve: this preview waits for nobody."
    held = f" {upper_first(run.waiting.noun)} would be on hold." if run.waiting.total else ""
    return f"Nothing has been changed yet. {_read_part(run)}; this is what applying it would do.{held}"


def _queued_lead(run: RunSummary) -> str:
    if run.fetching:
        return (
            f"{run.fetching} was asked for everybody {run.fetching_since}. The sync starts when all are here. You can "
            "leave this page."
        )
    return "It starts by itself, usually within a few seconds. You can leave this page."


_LEADS: dict[str, Callable[[RunSummary], str]] = {
    "queued": _queued_lead,
    "running": lambda run: "You can leave this page; the run goes on. Nobody sees half of it.",
    "planned": _planned_lead,
    "applied": _applied_lead,
    "held": _held_lead,
    "discarded": lambda run: f"Nothing has been changed. {_read_part(run)}.",
    "superseded": lambda run: f"Nothing of this plan was applied. {_read_part(run)}.",
    "skipped": lambda run: "Nothing has been changed.",
    "failed": lambda run: "Nothing has been changed.",
    "undone": lambda run: f"{_read_part(run)}; what it changed has been put back.",
}


def decided(state: str, rest: str, by: str, at: str) -> str:
    """What became of a hold that waits no more: who decided what, and when."""
    if by:
        done = "Discarded" if "discarded" in (state, rest) else "Approved"
        return f"{done} by {by} {at}.".replace(" .", ".")
    return "A newer run has looked at it anew."


def approved(run: RunSummary, gone: int = 0) -> str:
    """What an approval has just done, for a toast. `gone`: people payroll's file is right without."""
    done = changes_in(run.counts)
    applied = f"{upper_first(changes_words(done))} applied." if done else ""
    accepted = (
        ngettext("%s person is no longer expected.", "%s people are no longer expected.", gone) % number(gone)
        if gone
        else ""
    )
    return " ".join(filter(None, (applied, upper_first(accepted)))) or "The file counts as right."
