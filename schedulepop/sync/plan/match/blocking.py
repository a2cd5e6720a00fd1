"""Which pairs of record and person are worth comparing: those that share enough to reach the threshold at all.

Pairs are found by joins on whole values, never by comparing everybody with everybody: a record is compared with
the few who share its email, its phone, its number, or a name and a date or place. A value that many people share
(the facility's own phone) says nothing and is left out.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from schedulepop.sync.plan.match.nicknames import NAMES_OF
from schedulepop.sync.plan.names import halves

SHARED_BY = 40
"""A value more people than this share tells nobody apart."""


def candidate_pairs(
    asking: pl.DataFrame, people: pl.DataFrame, members: pl.DataFrame, orphans: Collection[int] = ()
) -> pl.DataFrame:
    """Pairs (row, candidate). `asking` and `people` carry folded names, `people` the person as `candidate`.

    Of a name of one word either half of the other name is worth it, where they work.

    Of `orphans`, whom no record of this feed carries on, the name alone is worth a comparison, wherever they worked.
    """
    worked = members.rename({"user_id": "candidate"}).join(
        people.select("candidate", "first_fold", "last_fold"),
        on="candidate",
        how="inner",
        maintain_order="left",
    )
    left = people.filter(pl.col("candidate").is_in(list(orphans)))
    mine, theirs = _hired(asking, "row"), _hired(worked, "candidate")
    ways = (
        (_lower(asking), _lower(people), ["email"]),
        (asking, people, ["phone"]),
        (asking, worked, ["employee_number"]),
        (mine, theirs, ["hired", "last_fold"]),
        (_by_first_name(mine), _by_first_name(theirs), ["hired", "first"]),
        (_by_first_name(mine), _by_first_name(theirs), ["hired", "first", "last_fold"]),
        (mine, theirs, ["hired", "location_id"]),
        (_by_first_name(asking), _by_first_name(worked), ["location_id", "first", "last_fold"]),
        (_by_first_name(asking), _by_first_name(left), ["first", "last_fold"]),
        *_of_one_name(asking, worked, ["location_id"]),
        *_of_one_name(asking, left, []),
    )
    return pl.concat([_sharing(*way) for way in ways]).unique(maintain_order=True)


def _of_one_name(
    asking: pl.DataFrame, people: pl.DataFrame, keys: list[str]
) -> list[tuple[pl.DataFrame, pl.DataFrame, list[str]]]:
    """Whoever has one name, on either side, and all whose name it may be a half of."""
    mine, theirs = halves(asking, "row", *keys), halves(people, "candidate", *keys)
    shared = ["half", *keys]
    return [(mine.filter("alone"), theirs, shared), (mine, theirs.filter("alone"), shared)]


def _sharing(asking: pl.DataFrame, people: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Pairs with the same values of these columns, unless too many people have them."""
    wanted = asking.select("row", *keys).drop_nulls()
    known = (
        people.select("candidate", *keys)
        .drop_nulls()
        .join(wanted, on=keys, how="semi", maintain_order="left")
    )
    known = known.unique(maintain_order=True).filter(pl.len().over(keys) <= SHARED_BY)
    return wanted.join(known, on=keys, how="inner", maintain_order="left").select("row", "candidate")


def _lower(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col("email").str.to_lowercase())


def _hired(frame: pl.DataFrame, who: str) -> pl.DataFrame:
    """One row per hire date a person has: the latest and the original one."""
    kept = [who, "first_fold", "last_fold", "location_id"]
    return pl.concat(
        [frame.select(*kept, pl.col(name).alias("hired")) for name in ("hire_date", "original_hire_date")]
    )


_FORMS = pl.DataFrame(
    [(short, name) for short, names in NAMES_OF.items() for name in sorted(names)],
    schema={"first_fold": pl.String, "first": pl.String},
    orient="row",
)


def _by_first_name(frame: pl.DataFrame) -> pl.DataFrame:
    """One row per name the first name may stand for: `first` is itself, and every name it is short for."""
    own = frame.with_columns(pl.col("first_fold").alias("first"))
    return pl.concat([own, frame.join(_FORMS, on="first_fold", how="inner", maintain_order="left")])
