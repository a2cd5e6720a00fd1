"""Whom a broken record, or one that waits under an ID that is not theirs, could be: they are not missing (SPEC §5).

A reject protects every existing person any readable part of it could name: part of the id, the employee number, the
email, the name. Never more pairs than rejects and people together, however many share a value.
"""

from __future__ import annotations

import polars as pl

from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.names import fold_names, full_names
from schedulepop.sync.plan.pairs import matched_pairs

MANY = 1_000
"""From so many broken records on only whole names are compared: the feed is held anyway."""
_SCIENTIFIC = r"^\s*(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})\s*$"


def rejects_of_waiting(waiting: pl.DataFrame) -> pl.DataFrame:
    """REJECTED of records that wait and whose ID says nothing of whose they are: it is nobody's, or another person's.

    They protect as a reject does: whoever is missing may be in the feed under that ID (a row slipped, zeros were lost).
    """
    unlinked = pl.col("situation") != "linked"
    nobody = (pl.col("candidates").list.len() == 0).fill_null(True)
    somebody_else = pl.col("stop_reason").is_in(["recycled_id", "contradictory_records"])
    doubted = waiting.filter((unlinked & nobody) | somebody_else)
    name, nothing = full_names(doubted).alias("name"), pl.lit(None, pl.String)
    return doubted.select("row", nothing.alias("source_id"), "employee_number", "email", name)


def all_rejects_tied(rejected: pl.DataFrame, snapshot: Snapshot, missing: pl.DataFrame) -> bool:
    """Whether every reject names somebody: a missing person by any part, or anybody by a whole one."""
    if rejected.is_empty():
        return True
    numbered = rejected.with_row_index("reject")
    people = snapshot.members.join(snapshot.people, on="user_id", how="inner", maintain_order="left").join(
        snapshot.links, on="user_id", how="left", maintain_order="left"
    )
    those = people.join(missing.select("user_id").unique(), on="user_id", how="semi", maintain_order="left")
    tied = pl.concat([_by_whole_values(numbered, people), _by_fragments(numbered, those)])
    return tied["reject"].n_unique() == rejected.height


def protected_ids(missing: pl.DataFrame, rejected: pl.DataFrame) -> list[str]:
    """The source ids of missing people whom one of these REJECTED could name by any part."""
    if rejected.is_empty() or missing.is_empty():
        return []
    numbered = rejected.with_row_index("reject")
    pairs = pl.concat([_by_whole_values(numbered, missing), _by_fragments(numbered, missing)])
    return pairs["source_id"].unique().to_list()


def _sharing(rejects: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Pairs (reject, source_id) with one `key`: a column that a spreadsheet has spoiled gives thousands of rejects
    the same.
    """
    return matched_pairs(rejects, people, ["key"]).select("reject", "source_id")


def _by_whole_values(rejects: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Pairs (reject, source_id) that share an id, an employee number or an email."""
    ways = (
        ("source_id", "source_id"),
        ("source_id", "employee_number"),
        ("employee_number", "employee_number"),
        ("employee_number", "source_id"),
        ("email", "email"),
    )
    return pl.concat(
        [
            _sharing(
                rejects.select("reject", _bare(mine).alias("key")),
                people.select("source_id", _bare(theirs).alias("key")),
            )
            for mine, theirs in ways
        ]
    )


def _bare(column: str) -> pl.Expr:
    """Case and leading zeros do not count when a damaged value is compared."""
    value = pl.col(column).str.strip_chars().str.to_lowercase().str.strip_chars_start("0")
    return pl.when(value != "").then(value)


def _by_fragments(rejects: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Pairs (reject, source_id) by the beginning of an id, a number in scientific notation, or name parts."""
    return pl.concat(
        [_by_beginning(rejects, people), _by_scientific(rejects, people), _by_name(rejects, people)]
    )


def _by_beginning(rejects: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    ids = rejects.select("reject", pl.col("source_id").str.strip_chars().alias("key")).filter(
        pl.col("key") != ""
    )
    found = [pl.DataFrame(schema={"reject": pl.UInt32, "source_id": pl.String})]
    for length in ids["key"].str.len_chars().unique().sort().to_list():
        cut = people.select("source_id", pl.col("source_id").str.slice(0, length).alias("key"))
        found.append(_sharing(ids.filter(pl.col("key").str.len_chars() == length), cut))
    return pl.concat(found)


def _by_scientific(rejects: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """`1.23E+05` could be every id of six digits that rounds to 123000, half up or half down."""
    groups = pl.col("source_id").str.extract_groups(_SCIENTIFIC)
    decimals = groups.struct.field("2").fill_null("")
    parts = rejects.select(
        "reject",
        (groups.struct.field("1") + decimals).cast(pl.Int64).alias("key"),
        decimals.str.len_chars().cast(pl.Int32).alias("decimals"),
        groups.struct.field("3").cast(pl.Int32).alias("exponent"),
    ).drop_nulls()
    found = [pl.DataFrame(schema={"reject": pl.UInt32, "source_id": pl.String})]
    values = people.select(
        "source_id", pl.col("source_id").str.extract(r"^0*(\d{1,18})$").cast(pl.Float64).alias("value")
    ).drop_nulls()
    for digits, exponent in parts.select("decimals", "exponent").unique(maintain_order=True).iter_rows():
        unit = 10.0 ** (exponent - digits)
        near = parts.filter((pl.col("decimals") == digits) & (pl.col("exponent") == exponent)).select(
            "reject", "key"
        )
        both = pl.concat_list((pl.col("value") / unit + 0.5).floor(), (pl.col("value") / unit - 0.5).ceil())
        rounded = values.select("source_id", both.list.unique().alias("key")).explode("key")
        found.append(_sharing(near, rounded.with_columns(pl.col("key").cast(pl.Int64))))
    return pl.concat(found)


def _by_name(rejects: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Every part of the reject's name is a part of the person's; of many rejects only the whole name counts.

    A thousand Marias among the broken, and a thousand among the missing, would make a million pairs.
    """
    parts = rejects.select(
        "reject", fold_names(rejects["name"]).str.split(" ").list.unique().list.sort().alias("part")
    ).drop_nulls()
    theirs = people.select(
        "source_id", fold_names(full_names(people)).str.split(" ").list.unique().list.sort().alias("part")
    )
    if rejects.height > MANY:
        whole = (
            theirs.unique("source_id", maintain_order=True)
            .drop_nulls()
            .with_columns(pl.col("part").list.join(" "))
        )
        mine = parts.with_columns(pl.col("part").list.join(" "))
        return _sharing(mine.rename({"part": "key"}), whole.rename({"part": "key"}))
    mine = parts.with_columns(pl.col("part").list.len().alias("parts")).explode("part")
    shared = mine.join(
        theirs.unique("source_id", maintain_order=True).drop_nulls().explode("part"),
        on="part",
        how="inner",
        maintain_order="left",
    )
    counted = shared.group_by(["reject", "source_id", "parts"], maintain_order=True).len()
    return counted.filter(pl.col("len") == pl.col("parts")).select("reject", "source_id")
