"""Guard: rules that put a scope on hold when a feed looks wrong (SPEC §5 Guard).

The door is `guard`. One file per family of rules; a rule is a function named as its verdict. Nothing is changed here.
"""

from schedulepop.sync.plan.guard.context import FeedFigures, GuardContext, Hold
from schedulepop.sync.plan.guard.counts import GuardCount, would_hold
from schedulepop.sync.plan.guard.feed_rules import ASKS_ABOUT_FEED, DOUBTS_FEED, FEED_RULE_NAMES
from schedulepop.sync.plan.guard.issues import HOLD_ISSUES
from schedulepop.sync.plan.guard.open_holds import HOLDS_PEOPLE
from schedulepop.sync.plan.guard.step import guard, guard_some

__all__ = [
    "ASKS_ABOUT_FEED",
    "DOUBTS_FEED",
    "FEED_RULE_NAMES",
    "HOLDS_PEOPLE",
    "HOLD_ISSUES",
    "FeedFigures",
    "GuardContext",
    "GuardCount",
    "Hold",
    "guard",
    "guard_some",
    "would_hold",
]
