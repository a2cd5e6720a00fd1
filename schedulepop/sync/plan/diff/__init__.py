"""Diff: payroll's word against what SchedulePop holds now, field by field (SPEC §5 Diff).

The door is `diff`; `due_changes` are those of the dates, `release_overrides` follows once the guard has spoken.
`overrides/` are the fields payroll does not move. Whether a change may go through is guard's.
"""

from schedulepop.sync.plan.diff.effective_dates import due_changes
from schedulepop.sync.plan.diff.overrides.expiry import release_overrides
from schedulepop.sync.plan.diff.step import FIELD_ORDER, diff, diff_unchanged

__all__ = ["FIELD_ORDER", "diff", "diff_unchanged", "due_changes", "release_overrides"]
