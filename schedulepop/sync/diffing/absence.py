"""Linked people the feed does not carry: whom a broken record shields, and how long they have been missing.

A reject shields every existing person any readable part of it could name (SPEC §5 Normalize): part of the
id, the employee number, the email, the name. A missing counter advances only with feeds whose content
differs from the last counted one, and not at all while a reject can be tied to nobody.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from schedulepop.employee import MAY_SIGN_IN, Status
from schedulepop.sync.folding import folded, written
from schedulepop.sync.frames import SNAPSHOT_SCHEMAS, Snapshot, empty
from schedulepop.sync.matching.standing import is_ended

ABSENT: dict[str, pl.DataType | type[pl.DataType]] = {
    "source_id": pl.String,
    "user_id": pl.Int64,
    "membership_id": pl.Int64,
    "location_id": pl.Int64,
    "name": pl.String,
    "active": pl.Boolean,  # works there today: neither upcoming nor suspended
    "shielded": pl.Boolean,  # a broken record could be theirs
    "asked": pl.Boolean,  # a record that waits for an answer could be theirs: not missing, yet short
    "about": pl.String,  # person, place or id
    "place": pl.Int64,  # the location of a place
}
"""One row per live, payroll-owned membership of a person none of whose links is in the feed; `half_absent` adds more."""
PERSON, PLACE, ID = "person", "place", "id"
KEY = ["source_id", "about", "place"]
"""What is counted: a person, their place at one location, or one of several ids."""

_WORKING = sorted(MAY_SIGN_IN - {Status.UPCOMING})

_SCIENTIFIC = r"^\s*(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})\s*$"


def absentees(
    absent: tuple[str, ...], snapshot: Snapshot, rejected: pl.DataFrame, matched: pl.DataFrame
) -> pl.DataFrame:
    """ABSENT, by source id and location. A person with another link that is present is not absent."""
    if not absent:
        return empty(ABSENT)
    gone = pl.DataFrame({"source_id": list(absent)}, schema={"source_id": pl.String})
    present = snapshot.links.join(gone, on="source_id", how="anti", maintain_order="left")
    local = snapshot.people.filter(pl.col("local").fill_null(False))
    links = (
        snapshot.links.join(gone, on="source_id", how="semi", maintain_order="left")
        .join(present, on="user_id", how="anti", maintain_order="left")
        .join(local, on="user_id", how="anti", maintain_order="left")
        .sort("source_id")
        .unique("user_id", keep="first", maintain_order=True)
    )
    live = snapshot.members.filter(
        pl.col("payroll_owned") & ~is_ended("status") & ~pl.col("membership_id").is_in(list(snapshot.foreign))
    )
    missing = links.join(live, on="user_id", how="inner", maintain_order="left").join(
        snapshot.people, on="user_id", how="left", maintain_order="left"
    )
    return shown(missing, rejected, matched)


def shown(missing: pl.DataFrame, rejected: pl.DataFrame, matched: pl.DataFrame) -> pl.DataFrame:
    """ABSENT of these links with their people and memberships; `spared`, where it is given, shields as well."""
    waiting = matched.filter(pl.col("waits").is_not_null() & (pl.col("waits") != "already_left"))
    asked = waiting["candidates"].drop_nulls().explode().drop_nulls()
    named = _shielded(missing, _of_somebody_else(waiting))
    shielded = _shielded(missing, rejected)
    spared = pl.col("spared") if "spared" in missing.columns else pl.lit(False)
    about = [] if "about" in missing.columns else [pl.lit(PERSON).alias("about")]
    return (
        missing.with_columns(
            written(missing).alias("name"),
            (pl.col("source_id").is_in(shielded) | spared).alias("shielded"),
            pl.col("status").is_in(_WORKING).fill_null(False).alias("active"),
            (pl.col("user_id").is_in(asked.unique().to_list()) | pl.col("source_id").is_in(named)).alias(
                "asked"
            ),
            *about,
        )
        .with_columns(pl.when(pl.col("about") == PLACE).then("location_id").alias("place"))
        .select(pl.col(name).cast(kind) for name, kind in ABSENT.items())
        .sort("source_id", "location_id", "membership_id")
    )


def _of_somebody_else(waiting: pl.DataFrame) -> pl.DataFrame:
    """REJECTED of records that wait and whose ID says nothing of whose they are: it is nobody's, or another person's.

    They shield as a reject does: whoever is absent may be in the feed under that ID (a row slipped, zeros were lost).
    """
    unlinked = pl.col("situation") != "linked"
    doubted = waiting.filter(unlinked | pl.col("waits").is_in(["recycled_id", "contradictory_records"]))
    name, nothing = written(doubted).alias("name"), pl.lit(None, pl.String)
    return doubted.select("row", nothing.alias("source_id"), "employee_number", "email", name)


def all_rejects_tied(rejected: pl.DataFrame, snapshot: Snapshot, absent: pl.DataFrame) -> bool:
    """Whether every reject names somebody: an absent person by any part, or anybody by a whole one."""
    if rejected.is_empty():
        return True
    numbered = rejected.with_row_index("reject")
    people = snapshot.members.join(snapshot.people, on="user_id", how="inner", maintain_order="left").join(
        snapshot.links, on="user_id", how="left", maintain_order="left"
    )
    missing = people.join(absent.select("user_id").unique(), on="user_id", how="semi", maintain_order="left")
    tied = pl.concat([_by_whole_values(numbered, people), _by_fragments(numbered, missing)])
    return tied["reject"].n_unique() == rejected.height


def _shielded(missing: pl.DataFrame, rejected: pl.DataFrame) -> list[str]:
    if rejected.is_empty() or missing.is_empty():
        return []
    numbered = rejected.with_row_index("reject")
    pairs = pl.concat([_by_whole_values(numbered, missing), _by_fragments(numbered, missing)])
    return pairs["source_id"].unique().to_list()


def _by_whole_values(rejects: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Pairs (reject, source_id) that share an id, an employee number or an email."""
    ways = (("source_id", "source_id"), ("source_id", "employee_number"),
            ("employee_number", "employee_number"), ("employee_number", "source_id"), ("email", "email"))  # fmt: skip
    found = [
        rejects.select("reject", _bare(mine).alias("key")).drop_nulls().join(
            people.select("source_id", _bare(theirs).alias("key")).drop_nulls(), on="key", how="inner",
            maintain_order="left",
        ).select("reject", "source_id")
        for mine, theirs in ways
    ]  # fmt: skip
    return pl.concat(found)


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
        same = ids.filter(pl.col("key").str.len_chars() == length)
        found.append(
            same.join(cut, on="key", how="inner", maintain_order="left").select("reject", "source_id")
        )
    return pl.concat(found)


def _by_scientific(rejects: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """`1.23E+05` could be every id of six digits that rounds to 123000."""
    groups = pl.col("source_id").str.extract_groups(_SCIENTIFIC)
    parts = rejects.select(
        "reject",
        (groups.struct.field("1") + groups.struct.field("2").fill_null(""))
        .cast(pl.Float64)
        .alias("mantissa"),
        groups.struct.field("2").fill_null("").str.len_chars().alias("decimals"),
        groups.struct.field("3").cast(pl.Int32).alias("exponent"),
    ).drop_nulls()
    found = [pl.DataFrame(schema={"reject": pl.UInt32, "source_id": pl.String})]
    values = people.select(
        "source_id", pl.col("source_id").str.extract(r"^0*(\d{1,18})$").cast(pl.Float64).alias("value")
    )
    for decimals, exponent in parts.select("decimals", "exponent").unique(maintain_order=True).iter_rows():
        unit = 10.0 ** (exponent - decimals)
        near = parts.filter((pl.col("decimals") == decimals) & (pl.col("exponent") == exponent))
        pairs = near.join(values.drop_nulls(), how="cross", maintain_order="left_right")
        close = (pl.col("value") - pl.col("mantissa") * unit).abs() <= unit / 2
        found.append(pairs.filter(close).select("reject", "source_id"))
    return pl.concat(found)


def _by_name(rejects: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Every part of the reject's name is a part of the person's."""
    parts = rejects.select(
        "reject", folded(rejects["name"]).str.split(" ").list.unique().alias("part")
    ).drop_nulls()
    mine = parts.with_columns(pl.col("part").list.len().alias("parts")).explode("part")
    theirs = people.select("source_id", folded(written(people)).str.split(" ").list.unique().alias("part"))
    shared = mine.join(
        theirs.unique("source_id", maintain_order=True).drop_nulls().explode("part"), on="part", how="inner",
        maintain_order="left",
    )  # fmt: skip
    counted = shared.group_by(["reject", "source_id", "parts"], maintain_order=True).len()
    return counted.filter(pl.col("len") == pl.col("parts")).select("reject", "source_id")


def counted(
    absent: pl.DataFrame, snapshot: Snapshot, sha256: str, today: date, all_tied: bool
) -> pl.DataFrame:
    """The missing counters if this feed counts; repeated feeds and people a record could be do not advance.

    Every absent person has a row, with zero feeds while none counted, so that they are looked at again; only
    absent people have one, so that reappearing resets it. So does a record that waits and could be theirs.
    """
    if absent.is_empty():
        return empty(SNAPSHOT_SCHEMAS["missing"])
    about = absent.select(*KEY, (pl.col("shielded") | pl.col("asked")).alias("spared"), "asked")
    about = about.unique(KEY, keep="first", maintain_order=True)
    before = about.join(snapshot.missing, on=KEY, how="left", nulls_equal=True, maintain_order="left")
    counts = pl.lit(all_tied) & ~pl.col("spared") & (pl.col("counted_sha") != sha256).fill_null(True)
    begins = pl.col("feeds") == 0
    return (
        before.with_columns(
            counts.alias("counts"),
            pl.when("asked").then(0).otherwise(pl.col("feeds").fill_null(0)).alias("feeds"),
        )
        .with_columns(
            pl.when("counts").then(pl.col("feeds") + 1).otherwise("feeds").alias("feeds"),
            pl.when(begins).then(pl.lit(today)).otherwise("since").fill_null(today).alias("since"),
            pl.when("counts")
            .then(pl.lit(sha256))
            .otherwise("counted_sha")
            .fill_null("")
            .alias("counted_sha"),
        )
        .select(pl.col(name).cast(kind) for name, kind in SNAPSHOT_SCHEMAS["missing"].items())
    )


def due(absent: pl.DataFrame, counters: pl.DataFrame, feeds: int, days: int, today: date) -> pl.DataFrame:
    """The ABSENT rows whose removal is due: missing from enough feeds, for enough days, and nobody's record."""
    if absent.is_empty():
        return absent
    ripe = counters.filter(
        (pl.col("feeds") >= feeds) & ((pl.lit(today) - pl.col("since")).dt.total_days() >= days)
    )
    return absent.filter(~pl.col("shielded"), ~pl.col("asked")).join(
        ripe, on=KEY, how="semi", nulls_equal=True, maintain_order="left"
    )


def advanced(counters: pl.DataFrame, before: pl.DataFrame, frozen: pl.DataFrame) -> pl.DataFrame:
    """The counters after the run: those of a held scope (`frozen`, KEY) stay as they were."""
    if counters.is_empty():
        return counters
    if frozen.is_empty():
        return counters.sort(KEY)
    going = counters.join(frozen, on=KEY, how="anti", nulls_equal=True, maintain_order="left")
    kept = counters.join(frozen, on=KEY, how="semi", nulls_equal=True, maintain_order="left").select(
        *KEY, "since"
    )
    stood = kept.join(
        before.rename({"since": "stood"}), on=KEY, how="left", nulls_equal=True, maintain_order="left"
    )
    stood = stood.with_columns(
        pl.coalesce("stood", "since").alias("since"),
        pl.col("feeds").fill_null(0),
        pl.col("counted_sha").fill_null(""),
    )
    return pl.concat([going, stood.select(going.columns)]).sort(KEY)


def frozen(gone: pl.DataFrame, feed_holds: pl.DataFrame) -> pl.DataFrame:
    """KEY of whoever is absent in a scope a feed rule holds: for them this feed does not count. An id is nowhere."""
    if feed_holds.is_empty():
        return gone.select(KEY).clear()
    held = feed_holds["location_id"]
    there = pl.col("location_id").is_in(held.drop_nulls().implode()) | (pl.col("about") == ID)
    everywhere = pl.lit(held.null_count() > 0)
    return gone.filter(there | everywhere).select(KEY).unique(maintain_order=True)
