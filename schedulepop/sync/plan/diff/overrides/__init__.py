"""Overrides and pins: owned fields that payroll does not move for a while (SPEC §2 Override, §5 Undo).

Only diff comes in here. Setting and releasing one by hand is `review.overrides`.
"""
