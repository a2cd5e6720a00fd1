"""`python -m tests.sync.plan.evaluation` prints what match finds and what it misses."""

from __future__ import annotations

from tests.sync.plan.evaluation.judged import judge, table

if __name__ == "__main__":
    for title, first in (("Any night", False), ("A first sync", True)):
        print(f"{title}\n{table(judge(first_sync=first))}\n")
