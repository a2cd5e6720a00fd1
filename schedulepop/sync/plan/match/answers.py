"""What people answered, taken as true before match looks: links made, links over (SPEC §5 Match).

An answer counts for the record it was given about: while its name is still the same, and while the person it
names may be matched. Then the snapshot is read as if the link stood already, so that the rest of the plan needs
to know nothing of answers: several records of one person, moves and absences come out as for anybody linked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from schedulepop.sync.plan.employment import is_ended, is_over
from schedulepop.sync.plan.frames.missing import Subject
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.questions import ANSWERED, ID_CHANGE, LINK, RETIRED
from schedulepop.sync.plan.frames.records import GOES_ON
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS, Snapshot
from schedulepop.sync.plan.frames.steps import ResolvedLinks
from schedulepop.sync.plan.names import fold_names, full_names

REASSIGNED = {"source_id": pl.String, "user_id": pl.Int64, "membership_id": pl.Int64}
"""Memberships of people whose id was given to somebody else, and who have no other."""


@dataclass(frozen=True, slots=True)
class AppliedAnswers:
    """The snapshot once the answers are true, and what makes them true."""

    snapshot: Snapshot  # `answers` holds only those that count for this feed
    missing_ids: tuple[str, ...]
    links: pl.DataFrame  # LINK
    retired: pl.DataFrame  # RETIRED
    id_changes: pl.DataFrame  # ID_CHANGE
    reassigned: pl.DataFrame  # REASSIGNED


def apply_answers(
    records: pl.DataFrame, snapshot: Snapshot, feed_ids: pl.Series, missing_ids: tuple[str, ...], today: date
) -> AppliedAnswers:
    """Take every answer that counts as true. `feed_ids`: every id of the feed, looked at or not."""
    counting = _valid_answers(records, snapshot)
    if counting.is_empty():
        snapshot = replace(snapshot, answers=empty(SNAPSHOT_SCHEMAS["answers"]))
        nothing = empty(LINK), empty(RETIRED), empty(ID_CHANGE), empty(REASSIGNED)
        return AppliedAnswers(snapshot, missing_ids, *nothing)
    naming = counting.filter(pl.col("user_id").is_not_null())
    reassigned = _reassigned_links(counting, snapshot.links)
    made = naming.join(snapshot.links, on=["source_id", "user_id"], how="anti", maintain_order="left")
    own = snapshot.links.join(reassigned, on=["source_id", "user_id"], how="anti", maintain_order="left")
    replaced = _replaced(made, own, records, feed_ids, today)
    over = replaced.filter(~pl.col("present") & (pl.col("kind") != "add_here")).select(
        pl.col("old_id").alias("source_id"), "user_id", pl.col("new_id").alias("for_id")
    )
    retired = pl.concat([reassigned, over.unique("source_id", keep="first", maintain_order=True)])
    stay = snapshot.links.join(retired, on=["source_id", "user_id"], how="anti", maintain_order="left")
    again = pl.int_range(pl.len()).over("user_id") > 0
    links = made.select(
        "source_id", "user_id", (pl.col("user_id").is_in(stay["user_id"].implode()) | again).alias("further")
    )
    ended = set(over["source_id"].to_list())
    return AppliedAnswers(
        snapshot=replace(snapshot, answers=counting, links=pl.concat([stay, links.drop("further")])),
        missing_ids=tuple(one for one in missing_ids if one not in ended),
        links=links,
        retired=retired,
        id_changes=pl.concat(
            [replaced.filter(pl.col("over")).select(list(ID_CHANGE)), _changed_ids(made, reassigned)]
        ),
        reassigned=_reassigned_members(reassigned, stay, links, snapshot),
    )


def _valid_answers(records: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Answers about a record of this feed that still has its name, naming nobody who cannot be matched."""
    if snapshot.answers.is_empty():
        return snapshot.answers
    about = records.filter(pl.col("source_id").is_in(snapshot.answers["source_id"].implode()))
    named = about.select("source_id", fold_names(full_names(about)).alias("named")).unique(
        "source_id", keep="first", maintain_order=True
    )
    people = snapshot.people.filter(~pl.col("local").fill_null(False))["user_id"]
    whom = pl.col("user_id").is_null() | pl.col("user_id").is_in(people.implode())
    return (
        snapshot.answers.join(named, on="source_id", how="inner", maintain_order="left")
        .filter((pl.col("name").is_null() | (pl.col("name") == pl.col("named"))) & whom)
        .drop("named")
    )


def _reassigned_links(counting: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """RETIRED: links of an id that now names somebody else, or nobody of those it named."""
    held = counting.join(
        links.rename({"user_id": "linked"}), on="source_id", how="inner", maintain_order="left"
    )
    denied = pl.col("denied").list.contains(pl.col("linked")).fill_null(False)
    other = (pl.col("user_id") != pl.col("linked")).fill_null(False)
    return held.filter(denied | other).select(
        "source_id", pl.col("linked").alias("user_id"), pl.col("source_id").alias("for_id")
    )


def _replaced(
    made: pl.DataFrame, links: pl.DataFrame, records: pl.DataFrame, feed_ids: pl.Series, today: date
) -> pl.DataFrame:
    """Other ids of the people linked now: whether each is `present` in the feed, and whether it is `over`.

    An id is replaced when the feed has it no more, or only as an employment that has ended.
    """
    ends = (
        records.with_columns(pl.lit(today).alias("today"))
        .group_by("source_id", maintain_order=True)
        .agg(is_over().all().alias("ended"))
    )
    return (
        made.select("user_id", pl.col("source_id").alias("new_id"), "kind", "by")
        .join(links.rename({"source_id": "old_id"}), on="user_id", how="inner", maintain_order="left")
        .join(ends.rename({"source_id": "old_id"}), on="old_id", how="left", maintain_order="left")
        .with_columns(pl.col("old_id").is_in(feed_ids.drop_nulls().implode()).alias("present"))
        .with_columns(
            (
                pl.when("present")
                .then(pl.col("ended").fill_null(False))
                .otherwise(pl.col("kind") != "add_here")
            ).alias("over")
        )
    )


def _changed_ids(made: pl.DataFrame, reassigned: pl.DataFrame) -> pl.DataFrame:
    """ID_CHANGE of people whose id is somebody else's now, and who have another one themselves."""
    return (
        made.select("user_id", pl.col("source_id").alias("new_id"), "by")
        .join(
            reassigned.select("user_id", pl.col("source_id").alias("old_id")),
            on="user_id",
            how="inner",
            maintain_order="left",
        )
        .select(list(ID_CHANGE))
    )


def _reassigned_members(
    reassigned: pl.DataFrame, stay: pl.DataFrame, links: pl.DataFrame, snapshot: Snapshot
) -> pl.DataFrame:
    """REASSIGNED: the living memberships of payroll's of those who had the id, unless another id is theirs.

    Whoever had it has left: payroll gave their id to somebody else and names them nowhere.
    """
    linked = pl.concat([stay["user_id"], links["user_id"]])
    alone = reassigned.filter(~pl.col("user_id").is_in(linked.implode()))
    live = snapshot.members.filter(pl.col("payroll_owned") & ~is_ended("status"))
    return (
        alone.join(live.select("user_id", "membership_id"), on="user_id", how="inner", maintain_order="left")
        .join(
            snapshot.people.filter(~pl.col("local").fill_null(False)),
            on="user_id",
            how="semi",
            maintain_order="left",
        )
        .select(list(REASSIGNED))
    )


def leaving_reassigned(applied: AppliedAnswers, matched: pl.DataFrame) -> pl.DataFrame:
    """LEAVING of those whose id is somebody else's now, without the people whom a record that waits may be."""
    asked = matched.filter(~GOES_ON)["candidates"].explode().drop_nulls()
    certain = applied.reassigned.filter(~pl.col("user_id").is_in(asked.implode()))
    return certain.select("source_id", "membership_id", pl.lit(Subject.PERSON.value).alias("about"))


def resolved_links(applied: AppliedAnswers, asking: pl.Series) -> ResolvedLinks:
    """What of it this run writes: no answers about ids that ask another question all the same (`asking`).

    Apply leaves out what is on hold.
    """
    stays = ~pl.col("source_id").is_in(asking.implode())
    return ResolvedLinks(
        links=applied.links.filter(stays),
        retired=applied.retired.filter(~pl.col("for_id").is_in(asking.implode())),
        id_changes=applied.id_changes.filter(~pl.col("new_id").is_in(asking.implode())),
        answered=applied.snapshot.answers.filter(stays).select(list(ANSWERED)),
    )
