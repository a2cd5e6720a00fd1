"""What User Sync remembers: integrations, links, feeds, runs, changes, issues, decisions.

Tables and their closed lists, one file a subject. What a row means is decided above; no rule and no effect is here."""

from schedulepop.sync.models.decision import (
    Answer,
    Deferral,
    DistinctPair,
    FieldOverride,
    IdChange,
    Merge,
    PartMerge,
)
from schedulepop.sync.models.erasure import ErasedEmployment, Erasure, Tombstone
from schedulepop.sync.models.integration import Integration, IntegrationState, MappingVersion
from schedulepop.sync.models.issue import Issue
from schedulepop.sync.models.link import Link, MissingLink, Touched
from schedulepop.sync.models.run import Change, Fingerprints, RawFeed, Run, RunQuerySet, RunState, Trigger
from schedulepop.sync.models.source import Arrival, Credential, DropAddress, Fetch, IntegrationSecret

__all__ = [
    "Answer",
    "Arrival",
    "Change",
    "Credential",
    "Deferral",
    "DistinctPair",
    "DropAddress",
    "ErasedEmployment",
    "Erasure",
    "Fetch",
    "FieldOverride",
    "Fingerprints",
    "IdChange",
    "Integration",
    "IntegrationSecret",
    "IntegrationState",
    "Issue",
    "Link",
    "MappingVersion",
    "Merge",
    "MissingLink",
    "PartMerge",
    "RawFeed",
    "Run",
    "RunQuerySet",
    "RunState",
    "Tombstone",
    "Touched",
    "Trigger",
]
