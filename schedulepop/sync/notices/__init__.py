"""Notices by email: what a run or its absence means for somebody, to whoever can do something about it (SPEC §4, §5).

All of them are queued in the transaction of what they tell about, so that a crash can neither lose nor double
one, and sent after it. `Integration.told` remembers what was told where no run's row does.
"""
