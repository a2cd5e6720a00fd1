"""Errors by consequence. A hold is a verdict and a bad record is data: neither is an error."""

from __future__ import annotations

from datetime import datetime

from schedulepop.lib.formats import errors as formats
from schedulepop.lib.reasons import Declared, Params, ReasonedError

SOURCE_BUSY, LIST_BUSY = "source_busy", "list_busy"  # codes of runs that failed and try again by themselves

REASONS: Declared = {
    **formats.REASONS,
    # reading a file
    "no_payroll_export": {"name": str, "kind": str},
    "no_header": {"name": str},
    "line_too_long": {"name": str, "megabytes": int},
    "too_many_columns": {"name": str, "most": int},
    "too_many_rows": {"most": int},
    "only_dropped_columns": {},
    "separators_differ": {"name": str, "header": str, "rows": str},
    "no_row_fits": {"name": str, "columns": int},
    "other_columns": {"name": str, "first": str},
    # a file that arrives, and one that was kept
    "file_dated_ahead": {"name": str, "at": str},
    "no_date_sent": {"example": str},
    "file_without_id": {
        "name": str,
        "records": int,
        "columns": int,
        "wanted": str,
    },  # wanted: a mapped column
    "file_changed_meanwhile": {"name": str},
    "file_older": {},
    "file_not_kept": {},
    "feed_gone": {},
    "plan_gone": {},
    "plan_file_gone": {},
    "columns_read_later": {},
    # the source
    "source_says": {"text": str},
    "source_asked_by_others": {"title": str},
    "reading_waits": {},
    "secrets_sealed_otherwise": {},
    # the run
    "answer_changed": {},
    "person_edited": {},
    "list_changed": {},
    "fetch_interrupted": {},
    "run_interrupted": {},
    "broken_inside": {},
}
"""Why nothing came of a file, a source or a run. `name` is a file's, empty when it has none."""


class SyncError(Exception):
    """Base of all."""


class RetryLater(ReasonedError, SyncError):
    """Nothing changed; the job tries again by itself, not before `retry_at` (UTC) where the source named a time.

    `reason` is one of `REASONS`; `code` is SOURCE_BUSY, or an issue code of `issue_codes` where more is known.
    """

    def __init__(
        self,
        reason: str,
        params: Params | None = None,
        *,
        retry_at: datetime | None = None,
        code: str = SOURCE_BUSY,
    ) -> None:
        super().__init__(reason, params)
        self.retry_at, self.code = retry_at, code


class NeedsAdmin(ReasonedError, SyncError):
    """The run fails, and a person has to do something. `reason` is one of `REASONS`, `code` one of `issue_codes`."""

    def __init__(self, reason: str, params: Params | None = None, *, code: str = "feed_unreadable") -> None:
        super().__init__(reason, params)
        self.code = code


class NotAllowed(SyncError):
    """The actor's role does not permit it; the text names who can."""


class Refused(SyncError):
    """The state does not permit it (activate before the first sync, approve a superseded plan); says why."""
