"""Read: bytes → a table of text, with every sensitive column gone (SPEC §5 Read).

The door is `read`. In come bytes and the mapping; out goes a `Feed`. No values are understood here: that is normalize.
"""

from schedulepop.sync.plan.read.step import read
from schedulepop.sync.plan.read.unmapped_columns import Retention

__all__ = ["Retention", "read"]
