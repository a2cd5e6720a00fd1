"""Who shares a value with somebody of the other side, without the table of all with all that a value of thousands
makes.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def matched_pairs(mine: pl.DataFrame, theirs: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Pairs whose keys are equal: every row of either side that has a partner is in one of them at least.

    Each row comes with the first partner only, so there are never more pairs than rows on both sides. A blank key is
    nobody's.
    """
    mine, theirs = mine.drop_nulls(keys), theirs.drop_nulls(keys)
    first_mine, first_theirs = (one.unique(keys, keep="first", maintain_order=True) for one in (mine, theirs))
    return pl.concat(
        one.join(other, on=list(keys), how="inner", maintain_order="left_right")
        for one, other in ((mine, first_theirs), (first_mine, theirs))
    )
