"""How far a random search goes: a short way in `make test`, the whole way in `make test-all`.

Every kind of thing that is looked for is in both; the long way tries more of each.
"""

from __future__ import annotations

import os

ALL = os.environ.get("SCHEDULEPOP_TESTS") == "all"


def reach(short: int, whole: int) -> int:
    """How many to try: `whole` under `make test-all`, else `short`."""
    return whole if ALL else short
