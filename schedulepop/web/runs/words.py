"""What a run says about itself: the title, the lead and the counts of the run pages, made from plain data.

Consequence first, then the figure, then what stays safe (design README, 6 and 7). Nothing is read here, so
that each sentence has a test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from schedulepop.web.runs.plan_words import counted, listing, number, people
from schedulepop.web.templatetags.words import upper_first

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
    "push": "Payroll called",
    "effective": "Due today",
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
    said = [f"{counts[name]:,} {words[tense]}" for name, words in BUCKET_WORDS.items() if counts.get(name)]
    removed = counts.get("removed_missing", 0)
    if removed:
        said.append(f"{removed:,} {'removed' if tense == 0 else 'would be removed'}: gone from payroll")
    return ", ".join(said)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a decision in a plan, by consequence."""

    removals: int = 0
    creates: int = 0
    others: int = 0

    @property
    def total(self) -> int:
        return self.removals + self.creates + self.others

    @property
    def noun(self) -> str:
        """`nine removals`, `nine removals and one new person`, `40 changes`."""
        parts = []
        if self.removals:
            parts.append(counted(self.removals, "removal"))
        if self.creates:
            parts.append(counted(self.creates, "new person", "new people"))
        if self.others and parts:
            parts.append(counted(self.others, "other change"))
        return listing(parts) if parts else counted(self.others, "change")

    @property
    def button(self) -> str:
        """The same with figures, and short, for a button."""
        if self.removals == self.total:
            return f"{self.total:,} removal{'' if self.total == 1 else 's'}"
        if self.creates == self.total:
            return f"{self.total:,} new {'person' if self.total == 1 else 'people'}"
        return f"{self.total:,} change{'' if self.total == 1 else 's'}"

    @property
    def consequence(self) -> str:
        """What happens to people when it is approved."""
        parts = []
        if self.removals:
            loses = "loses" if self.removals == 1 else "lose"
            parts.append(f"{people(self.removals)} {loses} sign-in at once and their sessions end")
        if self.creates:
            joins = "joins" if self.creates == 1 else "join"
            parts.append(f"{people(self.creates)} {joins} the User List")
        if self.others:
            gets = "gets" if self.others == 1 else "get"
            parts.append(f"{people(self.others)} {gets} payroll’s new values")
        return f"{upper_first(listing(parts))}." if parts else "Nothing changes."


@dataclass(frozen=True, slots=True)
class Facts:
    """A run as far as its words depend on it."""

    number: int
    state: str
    rest: str
    preview: bool
    first_sync: bool
    stage: str
    counts: Mapping[str, int]
    waiting: Waiting
    held_where: str  # "Oak Hill", "the whole organization", "" when nothing is held
    read_at: str  # "at 2:14 this morning", "" when nothing was read
    decides: bool  # whether the reader may approve
    on_hold: bool = False  # whether a guard spoke
    place: str = ""  # a manager's locations, when the reader sees only their part
    error: str = ""
    by_date: bool = False  # no feed was read: staged dates fell due


def changes_in(counts: Mapping[str, int]) -> int:
    """People whose record changed or would change, held ones apart."""
    return sum(
        counts.get(name, 0) for name in ("created", "updated", "reactivated", "transferred", "deactivated")
    ) + (counts.get("removed_missing", 0))


def title(facts: Facts) -> str:
    """The consequence, as the page's heading."""
    if facts.rest == "waiting" and facts.state in ("applied", "held") and facts.waiting.total:
        verb = "is" if facts.waiting.total == 1 else "are"
        return (
            f"{upper_first(facts.waiting.noun)} {verb} waiting for {'you' if facts.decides else 'a decision'}"
        )
    if _feed_on_hold(facts):
        return "Payroll’s file is on hold"
    return _TITLES.get(facts.state, _plain_title)(facts)


def lead(facts: Facts) -> str:
    """The line below the heading: what is safe, what was read, what was done."""
    if _feed_on_hold(facts) and not facts.waiting.total:
        return f"Nothing has been changed. {_read_part(facts)}, and it looks wrong."
    said = _LEADS.get(facts.state)
    return said(facts) if said else ""


def _feed_on_hold(facts: Facts) -> bool:
    """A guard doubted the feed and there was nothing to apply: no person waits, and yet it is not done."""
    return (
        facts.on_hold
        and facts.state in ("applied", "held")
        and facts.rest in ("none", "waiting")
        and (not changes_in(facts.counts))
    )


def _plain_title(facts: Facts) -> str:
    return f"Run {facts.number}"


def _running_title(facts: Facts) -> str:
    return f"{STAGE_WORDS[facts.stage][1] if facts.stage in STAGE_WORDS else 'Starting'}…"


def _planned_title(facts: Facts) -> str:
    joins, changes = facts.counts.get("created", 0), changes_in(facts.counts)
    if facts.first_sync and joins and joins == changes:
        return f"{upper_first(people(joins))} would join the User List"
    if changes:
        return f"{upper_first(people(changes))} would change"
    return "Nothing would change"


def _applied_title(facts: Facts) -> str:
    changes = changes_in(facts.counts)
    if facts.rest == "discarded":
        return f"{upper_first(facts.waiting.noun)} {'was' if facts.waiting.total == 1 else 'were'} discarded"
    if not changes:
        return "The User List already matched payroll"
    joins = facts.counts.get("created", 0)
    if joins == changes:
        return f"{upper_first(people(joins))} joined the User List"
    return f"{upper_first(people(changes))} changed, as payroll has them"


_TITLES: dict[str, Callable[[Facts], str]] = {
    "queued": lambda facts: "Waiting to start",
    "running": _running_title,
    "planned": _planned_title,
    "applied": _applied_title,
    "discarded": lambda facts: "This plan was discarded",
    "superseded": lambda facts: "A newer run has replaced this one",
    "skipped": lambda facts: "This file was skipped",
    "failed": lambda facts: "Payroll could not be read",
    "undone": lambda facts: "This run was undone",
}


def _read_part(facts: Facts) -> str:
    if facts.place:
        return f"This is the part of run {facts.number} that concerns {facts.place}"
    if facts.by_date:
        return f"Run {facts.number} looked at what fell due by date"
    at = f" {facts.read_at}" if facts.read_at else ""
    return f"Run {facts.number} read {counted(facts.counts.get('read', 0), 'record')} from payroll{at}"


def _applied_lead(facts: Facts) -> str:
    done = changes_in(facts.counts)
    if facts.place:
        return f"{_read_part(facts)}."
    applied = f"applied {counted(done, 'change')}" if done else "had nothing to change"
    if facts.rest == "waiting":
        these = "this one" if facts.waiting.total == 1 else f"these {number(facts.waiting.total)}"
        safe = (
            "Nobody has lost sign-in"
            if facts.waiting.removals and not facts.counts.get("deactivated")
            else ("What is on hold has not been touched")
        )
        because = f" because {facts.held_where} looks wrong" if facts.held_where else ""
        return f"{safe}. {_read_part(facts)}, {applied}, and put {these} on hold{because}."
    kept = {
        "approved": " What was on hold was approved and applied.",
        "discarded": " What was on hold was discarded; nobody it named was touched.",
        "superseded": " What was on hold was replaced by a newer run.",
    }.get(facts.rest, "")
    return f"{_read_part(facts)} and {applied}.{kept}"


def _held_lead(facts: Facts) -> str:
    return f"Nothing has been changed. {_read_part(facts)} and put everything on hold because it looks wrong."


def _planned_lead(facts: Facts) -> str:
    held = f" {upper_first(facts.waiting.noun)} would be on hold." if facts.waiting.total else ""
    return f"Nothing has been changed yet. {_read_part(facts)}; this is what applying it would do.{held}"


_LEADS: dict[str, Callable[[Facts], str]] = {
    "queued": lambda facts: "It starts by itself, usually within a few seconds. You can leave this page.",
    "running": lambda facts: "You can leave this page; the run goes on. Nobody sees half of it.",
    "planned": _planned_lead,
    "applied": _applied_lead,
    "held": _held_lead,
    "discarded": lambda facts: f"Nothing has been changed. {_read_part(facts)}.",
    "superseded": lambda facts: f"Nothing of this plan was applied. {_read_part(facts)}.",
    "skipped": lambda facts: "Nothing has been changed.",
    "failed": lambda facts: "Nothing has been changed.",
    "undone": lambda facts: f"{_read_part(facts)}; what it changed has been put back.",
}


def approved(facts: Facts) -> str:
    """What an approval has just done, for a toast."""
    done = changes_in(facts.counts)
    return f"{upper_first(counted(done, 'change'))} applied." if done else "Nothing was left to change."
