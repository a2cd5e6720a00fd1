"""What User Sync remembers: integrations, links, feeds, runs, changes, issues, decisions."""

from schedulepop.sync.models.decision import Answer, DistinctPair, FieldOverride, IdChange, Merge
from schedulepop.sync.models.integration import Integration, IntegrationState, MappingVersion
from schedulepop.sync.models.issue import Issue
from schedulepop.sync.models.link import Link, MissingLink, Touched
from schedulepop.sync.models.run import Change, Fingerprints, RawFeed, Run, RunState, Trigger

__all__ = [
    "Answer",
    "Change",
    "DistinctPair",
    "FieldOverride",
    "Fingerprints",
    "IdChange",
    "Integration",
    "IntegrationState",
    "Issue",
    "Link",
    "MappingVersion",
    "Merge",
    "MissingLink",
    "RawFeed",
    "Run",
    "RunState",
    "Touched",
    "Trigger",
]
