"""Missing: whom the feed no longer carries, since when, and whose removal is due (SPEC §5 Missing).

In come matched records and the counters of earlier feeds; removals themselves are changes, made by diff.
"""
