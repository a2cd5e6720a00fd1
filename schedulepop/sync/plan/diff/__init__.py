"""Diff: payroll's word against what SchedulePop holds now, field by field (SPEC §5 Diff).

The door is `diff`. `overrides/` are the fields payroll does not move. Whether a change may go through is guard's.
"""

from schedulepop.sync.plan.diff.step import FIELD_ORDER, diff

__all__ = ["FIELD_ORDER", "diff"]
