"""What may be said of a list beside payroll: the one place that decides every headline (SPEC §5 Guard).

A pure function over frozen facts. Home, run, preview, undo, approval and letters ask it; `wording.headlines` has
the words. The list is said to be as payroll has it only when nothing at all speaks against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schedulepop.sync.plan.frames.questions import QUESTIONS
from schedulepop.sync.plan.issue_codes import LEAVES_WRONG


class Source(StrEnum):
    """How payroll's source stands."""

    PREPARING = "preparing"  # nobody has approved a first sync
    NOT_SWITCHED_ON = "not_switched_on"  # approved, and nothing runs by itself yet
    PAUSED = "paused"
    SWITCHED_OFF = "switched_off"
    FAILED = "failed"  # could not be read last time
    SILENT = "silent"  # no good run for too long
    OLD = "old"  # runs go through, but what payroll sends is old
    FRESH = "fresh"


class Feed(StrEnum):
    """What became of the newest feed in the scope that is asked about."""

    NONE = "none"  # none was read
    HELD = "held"  # all of it waits for a decision
    DISCARDED = "discarded"  # somebody decided against it, or against a part of it
    ACCEPTED = "accepted"  # somebody said that it is right without people who are still on the list
    PLANNED = "planned"  # a plan nobody has decided on, and it would change somebody
    APPLIED = "applied"


class Code(StrEnum):
    """Headlines, what matters most first. Only the last one claims that nothing is open."""

    PREPARING = "preparing"
    PAUSED = "paused"
    SWITCHED_OFF = "switched_off"
    NOT_SWITCHED_ON = "not_switched_on"
    FAILED = "failed"
    SILENT = "silent"
    OLD = "old"
    FEED_HELD = "feed_held"
    HELD = "held"
    QUESTIONS = "questions"
    ISSUES = "issues"
    DISCARDED = "discarded"
    ACCEPTED = "accepted"
    NEWER_WAITS = "newer_waits"
    NO_FEED = "no_feed"
    MATCHES = "matches"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known in one scope. Counts are of people on hold, of open questions, and of open issues that leave
    somebody absent or wrong.
    """

    source: Source
    feed: Feed
    held: int = 0
    questions: int = 0
    issues: int = 0


@dataclass(frozen=True, slots=True)
class Headline:
    """A code, and how many it is about; 0 where nothing is counted."""

    code: Code
    count: int = 0

    @property
    def matches(self) -> bool:
        """Whether list and payroll may be said to be the same."""
        return self.code is Code.MATCHES


_OF_FEED = {
    Feed.DISCARDED: Code.DISCARDED,
    Feed.ACCEPTED: Code.ACCEPTED,
    Feed.PLANNED: Code.NEWER_WAITS,
    Feed.NONE: Code.NO_FEED,
    Feed.APPLIED: Code.MATCHES,
}


def headline(facts: Facts) -> Headline:
    """What comes first of everything that is so."""
    if facts.source is not Source.FRESH:
        return Headline(Code(facts.source))
    if facts.feed is Feed.HELD:
        return Headline(Code.FEED_HELD, facts.held)
    counted = ((Code.HELD, facts.held), (Code.QUESTIONS, facts.questions), (Code.ISSUES, facts.issues))
    for code, count in counted:
        if count:
            return Headline(code, count)
    return Headline(_OF_FEED[facts.feed])


def weightiest(headlines: list[Headline]) -> Headline:
    """Of several integrations: the one that matters most. None at all: payroll is not connected yet."""
    order = list(Code)
    return min(headlines, key=lambda one: order.index(one.code), default=Headline(Code.PREPARING))


def open_counts(by_code: dict[str, int]) -> tuple[int, int]:
    """(questions, issues that leave somebody absent or wrong) of findings counted by issue code."""
    questions = sum(count for code, count in by_code.items() if code in QUESTIONS)
    wrong = sum(count for code, count in by_code.items() if code in LEAVES_WRONG - set(QUESTIONS))
    return questions, wrong
