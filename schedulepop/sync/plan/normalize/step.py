"""Turns a feed's text into canonical values, column by column, and says what could not be understood.

The second step of a run (SPEC §5 Normalize). Only an unusable payroll ID rejects a record; any other bad
value becomes null (no opinion) with a finding, so that the current value stays. No clock: "today" is the day
of each location in the snapshot.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from schedulepop import employee
from schedulepop.lib import text
from schedulepop.sync.plan.findings import about_rows, together
from schedulepop.sync.plan.frames.feed import CODES_FOUND, EXCLUDED, REJECTED, FileProfile
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.records import NORMALIZED
from schedulepop.sync.plan.frames.snapshot import Snapshot
from schedulepop.sync.plan.frames.steps import Normalized
from schedulepop.sync.plan.normalize.codes import found_codes, locate, resolve
from schedulepop.sync.plan.normalize.erased import without_erased
from schedulepop.sync.plan.normalize.exclusions import rule_of
from schedulepop.sync.plan.normalize.feed_issues import about_whole_feed
from schedulepop.sync.plan.normalize.leaves import with_return
from schedulepop.sync.plan.normalize.lengths import fit_codes, fit_values, of_location, too_long_code
from schedulepop.sync.plan.normalize.pay import read_pay
from schedulepop.sync.plan.normalize.readers import (
    Reading,
    Source,
    read_contact,
    read_days,
    read_flag,
    read_labor,
    read_numbers,
    read_person,
)
from schedulepop.sync.plan.normalize.status_issues import of_status
from schedulepop.sync.plan.normalize.statuses import hints, with_hire_dates, with_status, without_leaves
from schedulepop.sync.plan.policy import Mapping, Policy
from schedulepop.sync.plan.values.emails import read_emails
from schedulepop.sync.plan.values.person_names import survey
from schedulepop.sync.plan.values.source_ids import LIKE_SSN, read_ids
from schedulepop.sync.plan.values.status_words import flag_meanings, meaning, says_hours

_ID_FAULTS = ("id_blank", "id_scientific", "id_invalid")


def normalize(
    file: FileProfile, look_at: pl.DataFrame, mapping: Mapping, policy: Policy, snapshot: Snapshot
) -> Normalized:
    """Understand the rows of `look_at`, all of a feed's table or the part that needs a look.

    Rows come out in the order they came in; nothing else depends on their order.
    """
    columns = {name: column for name, column in file.columns.items() if column in look_at.columns}
    source = Source(look_at, columns, mapping, survey(file.feed.table, file.columns, mapping))
    excluded, source = _exclude(source)
    rejected, doubts, source, ids = _identify(source)
    places = locate(source.raw("location"), mapping, snapshot.location_codes, source.table.height)
    records = source.table.select("row").hstack([ids]).hstack(places)
    person = read_person(source, records)
    numbers = read_numbers(source, records)
    contact = read_contact(source, records)
    days = read_days(source, records, file.dates)
    rest = [
        read_labor(source, records, policy.cms),
        read_pay(source, records, policy.pay),
        read_flag(source, records),
        _read_code("duty", source, records, snapshot.duty_codes),
        _read_code("zone", source, records, snapshot.zone_codes),
    ]
    readings = [person, numbers, contact, days, *rest]
    for reading in readings:
        records = records.hstack(reading.values)
    records, too_long = fit_values(records, source.columns)
    records = with_hire_dates(records, source.columns)
    dated = pl.when(pl.col("pay_rate").is_not_null()).then("pay_effective_date")
    records = records.with_columns(dated.alias("pay_effective_date"))
    records, timing = _decide_status(records, source, snapshot, file)
    nobody = pl.Series([False] * records.height, dtype=pl.Boolean)
    records = records.with_columns(
        _clears(source, days),
        days.blank.get("termination_date", nobody).alias("end_blank"),
        days.blank.get("leave_end", nobody).alias("leave_blank"),
    )
    records = records.with_columns(_stays(file))
    findings = [*doubts, *_of_locations(records, source), *timing, *_of_contact(records, source)]
    problems = together(
        [
            *about_whole_feed(file),
            *findings,
            *too_long,
            *(problem for reading in readings for problem in reading.problems),
        ]
    )
    problems = _not_blank(problems, file)
    doubtful = problems["row"].drop_nulls().unique()
    records = records.with_columns(clean=~pl.col("row").is_in(doubtful.implode()))
    found = Normalized(
        records=records.select([pl.col(name).cast(kind) for name, kind in NORMALIZED.items()]),
        rejected=pl.concat([file.feed.broken_rows, rejected]).sort("row"),
        excluded=excluded,
        problems=problems,
        codes=found_codes(records, source.raw("location")),
    )
    return without_erased(found, snapshot.erased)


def normalize_unchanged(file: FileProfile) -> Normalized:
    """What `normalize` says of a feed of which no record needs a look: only what concerns the feed as a whole."""
    return Normalized(
        records=empty(NORMALIZED),
        rejected=empty(REJECTED),
        excluded=empty(EXCLUDED),
        problems=together(about_whole_feed(file)),
        codes=empty(CODES_FOUND),
    )


def _exclude(source: Source) -> tuple[pl.DataFrame, Source]:
    """Leave out what the mapping's rules name; the first rule that fits is counted (SPEC §7 test rows)."""
    table = source.table
    rule = rule_of(table, source.mapping.exclude)
    out = rule.is_not_null()
    if not out.any():
        return empty(EXCLUDED), source
    ids = source.raw("source_id")
    left_out = table.select("row").with_columns(
        rule, source_id=pl.lit(None, pl.String) if ids is None else ids
    )
    return left_out.filter(out).select(list(EXCLUDED)), source.only(~out)


def _identify(source: Source) -> tuple[pl.DataFrame, list[pl.DataFrame], Source, pl.Series]:
    """Split off the records without a usable payroll ID; they go on as rejects with all that names somebody."""
    raw = pl.Series([None] * source.table.height, dtype=pl.String)
    if "source_id" in source.columns:
        raw = source.table[source.columns["source_id"]]
    found = read_ids(raw).insert_column(0, source.table["row"]).rename({"value": "source_id"})
    bad = found["fault"].is_not_null()
    column = source.columns.get("source_id")
    problems = []
    for code in _ID_FAULTS if column else ():  # without the column there is one finding for all
        rows = found.filter(pl.col("fault") == code).with_columns(
            shown="source_id", key=pl.format("row {}", "row")
        )
        problems.append(about_rows(rows, code, column=column, value="shown", key="key"))
    likely = found.filter(~bad & pl.col("source_id").str.contains(LIKE_SSN)).with_columns(shown="source_id")
    problems.append(about_rows(likely, "id_like_ssn", column=column, value="shown", masked=True))
    rejected = empty(REJECTED)
    if bad.any():
        rejected = _rejected(source.only(bad), found.filter(bad)["source_id"])
    return rejected, problems, source.only(~bad), found.filter(~bad)["source_id"]


def _rejected(source: Source, ids: pl.Series) -> pl.DataFrame:
    rows = source.table.select("row").with_columns(ids.alias("source_id"))
    person = read_person(source, rows).values
    email = source.raw("email")
    usable = pl.lit(None, pl.String) if email is None else read_emails(email)["value"]
    full = source.raw("full_name")
    name = pl.concat_str(person["first_name"], person["last_name"], separator=" ", ignore_nulls=True)
    return rows.with_columns(
        read_numbers(source, rows).values["employee_number"],
        pl.select(usable).to_series().alias("email") if email is not None else usable.alias("email"),
        pl.coalesce(pl.when(name != "").then(name), pl.lit(None, pl.String) if full is None else full).alias(
            "name"
        ),
    ).select([pl.col(column).cast(kind) for column, kind in REJECTED.items()])


def _read_code(
    kind: Literal["duty", "zone"], source: Source, records: pl.DataFrame, known: pl.DataFrame
) -> Reading:
    raw = source.raw(kind)
    if raw is None:
        raw = pl.Series([None] * records.height, dtype=pl.String)
    found = records.hstack(resolve(kind, raw, records["location_id"], source.mapping, known))
    column = source.columns.get(kind, "")
    found, problems = fit_codes(kind, found, column)
    values = found.select(f"{kind}_code", f"{kind}_id", f"{kind}_new")
    unmapped = found.filter(f"{kind}_unmapped")
    if unmapped.height:
        folded = pl.col(f"{kind}_code").map_elements(text.fold_code, return_dtype=pl.String)
        unmapped = unmapped.with_columns(key=pl.format("{}:{}", "location_id", folded), shown=f"{kind}_code")
        problems.append(about_rows(unmapped, f"unmapped_{kind}", column=column, value="shown", key="key"))
    return Reading(values, problems)


def _of_locations(records: pl.DataFrame, source: Source) -> list[pl.DataFrame]:
    unmapped = records.filter(pl.col("location_id").is_null())
    column = source.columns.get("location")
    raw = source.raw("location")
    if column is None or raw is None:
        rows = unmapped.with_columns(key=pl.lit(""))
        return [about_rows(rows, "unmapped_location", reason="no_location_column", key="key")]
    rows = records.with_columns(shown=raw).filter(pl.col("location_id").is_null())
    blank, long = pl.col("location_code") == "", too_long_code(rows["location_code"])
    told: list[tuple[pl.Expr | pl.Series, str | None, str | None, pl.Expr | None]] = [
        (~blank & ~long, None, "shown", None),
        (long, "code_too_long", "shown", of_location()),
        (blank, "location_blank", None, None),
    ]
    return [
        about_rows(
            rows.filter(some),
            "unmapped_location",
            reason=reason,
            column=column,
            value=value,
            key="location_code",
            params=params,
        )
        for some, reason, value, params in told
    ]


def _decide_status(
    records: pl.DataFrame, source: Source, snapshot: Snapshot, file: FileProfile
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Status, staged end and `recheck_on` from the word, the dates and each location's day."""
    raw = source.raw("status")
    words = pl.Series([None] * records.height, dtype=pl.String) if raw is None else raw
    spoken = words.unique().drop_nulls().to_list()
    flags = flag_meanings(source.columns.get("status", ""), file.words("status") if raw is not None else ())
    own = {text.fold(word): status for word, status in source.mapping.statuses.items()}
    known = {word: None if text.fold(word) in own else flags.get(word) for word in spoken}
    known = {word: flag or meaning(word, source.mapping.statuses) for word, flag in known.items()}
    hours = [word for word in spoken if says_hours(word) and text.fold(word) not in own]
    meant = words.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.String)
    days = snapshot.locations.select("location_id", "today")
    records = (
        records.with_columns(
            words.alias("status_raw"),
            meant.alias("word_status"),
            words.is_in(hours).fill_null(False).alias("says_hours"),
            *hints(source.table, file.unread),
        )
        .join(days, on="location_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("today").fill_null(pl.lit(days["today"].max(), pl.Date)),  # null without any location
            start=pl.coalesce("hire_date", "original_hire_date"),
        )
    )
    records = without_leaves(records, source.columns)
    records = with_return(with_status(records, raw is not None))
    return records, of_status(records, source, file)


def _of_contact(records: pl.DataFrame, source: Source) -> list[pl.DataFrame]:
    """Blank addresses of people who work here."""
    raw = source.raw("email")
    if raw is None:
        return []
    ended = pl.col("status").is_in(sorted(employee.ENDED)).fill_null(False)
    rows = records.with_columns(written=raw).filter(pl.col("written").is_null() & ~ended)
    return [about_rows(rows, "needs_contact", column=source.columns["email"])]


def _stays(file: FileProfile) -> list[pl.Expr]:
    """A record with a value that was not taken: what looks blank in it may be that value, so it clears nothing,
    and a name without it is no whole one.
    """
    unfit = file.feed.problems.filter(pl.col("code") == "bad_characters")["row"].drop_nulls().unique()
    fit = ~pl.col("row").is_in(unfit.implode())
    nothing = pl.lit([], pl.List(pl.String))
    return [
        pl.when(fit).then("clears").otherwise(nothing).alias("clears"),
        pl.col("nameless") | (~fit & (pl.col("first_name").is_null() | pl.col("last_name").is_null())),
        (pl.col("end_blank") & fit).alias("end_blank"),
        (pl.col("leave_blank") & fit).alias("leave_blank"),
    ]


def _not_blank(problems: pl.DataFrame, file: FileProfile) -> pl.DataFrame:
    """The findings without those that call a value blank that was not taken: what is wrong with it is said already."""
    unfit = file.feed.problems.filter(pl.col("code") == "bad_characters").select("row", "column").unique()
    blank = problems.filter(
        pl.col("reason").is_in(["status_blank", "location_blank", "needs_contact", "one_name"])
    )
    untrue = blank.join(unfit, on=["row", "column"], how="semi")
    return problems.join(untrue.select("row", "column", "reason"), on=["row", "column", "reason"], how="anti")


def _clears(source: Source, days: Reading) -> pl.Expr:
    """Fields whose blank removes the current value, by the mapping and as far as the field allows."""
    parts = []
    for name in sorted(source.mapping.blank_clears):
        raw = source.raw(name)
        if raw is None or not employee.BY_NAME[name].blank_clears_allowed:
            continue
        parts.append(pl.when(days.blank.get(name, raw.is_null())).then(pl.lit(name)))
    if not parts:
        return pl.lit([], pl.List(pl.String)).alias("clears")
    return pl.concat_list(parts).list.drop_nulls().alias("clears")
