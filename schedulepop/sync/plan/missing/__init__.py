"""Missing: whom the feed no longer carries, since when, and whose removal is due (SPEC §5 Missing).

The door is `missing`; `commit_counters` follows once the guard has spoken. Removals themselves are changes, made by
diff.
"""

from schedulepop.sync.plan.missing.step import commit_counters, missing

__all__ = ["commit_counters", "missing"]
