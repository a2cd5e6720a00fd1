"""Errors by consequence. A hold is a verdict and a bad record is data: neither is an error."""

from __future__ import annotations

SOURCE_BUSY, LIST_BUSY = "source_busy", "list_busy"  # codes of runs that failed and try again by themselves


class SyncError(Exception):
    """Base of the two; its text is written for the person who reads it."""


class RetryLater(SyncError):
    """Nothing changed; the job tries again by itself."""


class NeedsAdmin(SyncError):
    """The run fails and the text says what a person has to do.

    `code` is an issue code of `issue_codes`, `scope` what is concerned in words.
    """

    def __init__(self, message: str, *, code: str = "feed_unreadable") -> None:
        super().__init__(message)
        self.code = code


class NotAllowed(SyncError):
    """The actor's role does not permit it; the text names who can."""


class Refused(SyncError):
    """The state does not permit it (activate before the first sync, approve a superseded plan); says why."""
