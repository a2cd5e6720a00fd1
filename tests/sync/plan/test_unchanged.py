"""A feed of which nobody needs a look: the short plan says what the long one would."""

from __future__ import annotations

from dataclasses import fields, replace

import polars as pl
import pytest

from schedulepop.sync.plan import fingerprints, pipeline, trial
from schedulepop.sync.plan.frames.plan import Plan, PlanInput
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.plan.stopwatch import Stopwatch
from schedulepop.sync.plan.values.emails import read_emails
from tests.sync.plan.made_frames import TODAY, snapshot

HEADER = "Employee ID,First Name,Last Name,Email,Phone,Location,Job Code,Status,Hire Date"
ROWS = (
    "001,Ann,Lee,,see the desk,MN,RN,Active,2020-02-03",
    "002,Bob,Ray,b@maple.org,,MS,WHO,Active,2020-02-03",
    "001,Ann,Lee,,see the desk,MN,RN,Active,2020-02-03",
)


def plans(text: str, known: str, **last: object) -> tuple[Plan, Plan]:
    """The short and the long plan of a feed whose records are all as they were."""
    seen, before = (trial.profile_file(one.encode(), name="feed.csv") for one in (text, known))
    now = replace(snapshot({"source_id": "001"}, {"source_id": "002"}), **last)
    delta = fingerprints.full_delta(before.feed, before.columns, pl.Series(["001", "002"]))
    first = pipeline.plan(PlanInput(before, delta, now, Mapping(), Policy(), day=TODAY))
    prints = first.fingerprints.with_columns(pl.lit(True).alias("clean"))
    carried = fingerprints.findings_to_carry(
        before.feed.table["row"], prints, first.problems, first.records, first.carried
    )
    delta = fingerprints.incremental_delta(
        seen.feed,
        seen.columns,
        prints,
        carried=carried,
        dirty_ids=(),
        already_missing=(),
        today=TODAY,
        read_emails=read_emails,
    )
    assert delta.look_at.is_empty()
    assert not delta.missing_ids
    given = PlanInput(seen, delta, now, Mapping(), Policy(), day=TODAY)
    short = pipeline.plan_unchanged(given, Stopwatch())
    return short, pipeline.plan_changes(given, Stopwatch())


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("\n".join([HEADER, *ROWS, ""]), {}),
        ("\n".join(["Staff list,,,,,,,,", HEADER, *reversed(ROWS), ""]), {}),
        ("\n".join([HEADER, *ROWS, ""]), {"last_columns": frozenset({"duty", "termination_date"})}),
        ("\n".join([HEADER, *ROWS, ""]), {"last_blank": {"email": 0.0, "phone": 0.0}}),
        ("\n".join([HEADER, *ROWS, ""]), {"median_read": 40.0}),
        (HEADER + "\n", {}),
    ],
    ids=["as it was", "in another order", "a column gone", "a column blank", "few rows", "nobody"],
)
def test_the_short_plan_is_the_long_one(text: str, last: dict[str, object]) -> None:
    short, long = plans(text, text if text.count("\n") == 1 else "\n".join([HEADER, *ROWS, ""]), **last)
    for item in fields(Plan):
        one, other = getattr(short, item.name), getattr(long, item.name)
        if isinstance(one, pl.DataFrame):
            assert one.equals(other), item.name
            assert one.schema == other.schema, item.name
        elif item.name != "seconds":
            assert one == other, item.name


def test_findings_of_records_that_read_the_same_are_kept_once() -> None:
    text = "\n".join([HEADER, *ROWS, ""])
    short, _ = plans(text, text)
    of_ann = short.problems.filter(pl.col("source_id") == "001")
    assert sorted(of_ann["row"].unique()) == [2, 4]
    assert short.carried.filter(pl.col("source_id") == "001")["row"].unique().to_list() == [2]
