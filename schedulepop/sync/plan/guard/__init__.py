"""Guard: rules that put a scope on hold when a feed looks wrong (SPEC §5 Guard).

The door is `guard`. One file per family of rules; a rule is a function named as its verdict. Nothing is changed here.
"""

from schedulepop.sync.plan.guard.context import FeedFigures, GuardContext
from schedulepop.sync.plan.guard.feed_rules import DOUBTS_FEED, FEED_RULE_NAMES
from schedulepop.sync.plan.guard.step import guard

__all__ = ["DOUBTS_FEED", "FEED_RULE_NAMES", "FeedFigures", "GuardContext", "guard"]
