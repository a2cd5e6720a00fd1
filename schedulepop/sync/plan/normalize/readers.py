"""The readers of `normalize`, one per group of fields: values as they are meant, and what was not understood.

Each takes the source and the records' frame (row, source_id, location_id) and gives a `Reading`. A value
that cannot be understood is null, which means no opinion, and a finding says so.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field

import polars as pl

from schedulepop.employee import BY_NAME, MEMBERSHIP_COLUMNS, Kind
from schedulepop.lib import text
from schedulepop.lib.nothing import NOT_ONE, NOTHING, or_null
from schedulepop.sync.plan.findings import about_rows
from schedulepop.sync.plan.frames.feed import ProposedDate
from schedulepop.sync.plan.normalize.leaves import first_day_back
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.plan.values.dates import DATE_FIELDS, read_dates
from schedulepop.sync.plan.values.emails import read_emails
from schedulepop.sync.plan.values.person_names import (
    NameColumns,
    names_of,
    read_full_names,
    read_names,
    tidy,
)
from schedulepop.sync.plan.values.phones import read_phones
from schedulepop.sync.plan.values.source_ids import SCIENTIFIC

_YES = r"(?i)^(?:y|yes|true|t|1|x|p|primary|home|main)$"
_NO = r"(?i)^(?:n|no|false|f|0|s|secondary|other)$"


@dataclass(frozen=True, slots=True)
class Source:
    """The rows to understand, and which column gives which field."""

    table: pl.DataFrame
    columns: Dictionary[str, str]
    mapping: Mapping
    names: NameColumns = field(default_factory=NameColumns)
    _tidied: dict[str, pl.Series] = field(default_factory=dict, compare=False)

    def raw(self, name: str) -> pl.Series | None:
        """The field's column as text without margins, null for nothing; None when the feed has none."""
        if name not in self.columns:
            return None
        if name not in self._tidied:
            self._tidied[name] = self._said(name, tidy(self.table[self.columns[name]]))
        return self._tidied[name]

    def _said(self, name: str, values: pl.Series) -> pl.Series:
        """Names and days have rules of their own, and a code or a status word may be set up."""
        kind = BY_NAME[name].kind
        if kind in (Kind.NAME, Kind.DATE, Kind.FLAG, Kind.CODE):
            return values
        found = or_null(values, NOT_ONE if kind in (Kind.ID, Kind.EMAIL, Kind.PHONE) else NOTHING)
        if kind is Kind.STATUS:
            own = {text.fold(word) for word in self.mapping.statuses}
            spoken = [w for w in values.filter(found.is_null()).unique().drop_nulls() if text.fold(w) in own]
            found = pl.select(pl.when(values.is_in(spoken)).then(values).otherwise(found)).to_series()
        return found

    def only(self, mask: pl.Series) -> Source:
        """The same with the rows of the mask."""
        return Source(self.table.filter(mask), self.columns, self.mapping, self.names)


def shown_where(records: pl.DataFrame, raw: pl.Series, where: pl.Series) -> pl.DataFrame:
    """The records of a finding with what was written; mostly there are none, and finding that out is quick."""
    return records.with_columns(raw.alias("shown")).filter(where) if where.any() else records.clear()


@dataclass(slots=True)
class Reading:
    """Columns read, in the order of the records, and findings."""

    values: pl.DataFrame
    problems: list[pl.DataFrame] = field(default_factory=list)
    blank: dict[str, pl.Series] = field(default_factory=dict)  # fields whose blank is more than null


def read_person(source: Source, records: pl.DataFrame) -> Reading:
    """First and last name, from their own columns or from one of full names."""
    height = records.height
    nothing = pl.Series([None] * height, dtype=pl.String)
    first, last = source.raw("first_name"), source.raw("last_name")
    first = read_names(first) if first is not None else nothing
    last = read_names(last) if last is not None else nothing
    full = source.raw("full_name")
    if full is not None and (first.null_count() or last.null_count()):
        split = read_full_names(full, source.mapping)
        unsaid = first.is_null() & last.is_null()
        first = pl.select(pl.when(unsaid).then(split["first"]).otherwise(first)).to_series()
        last = pl.select(pl.when(unsaid).then(split["last"]).otherwise(last)).to_series()
    first, last = names_of(first, last, source.names)
    half = first.is_null() | last.is_null()
    waits = half if not source.names.usual else first.is_null() & last.is_null()
    values = pl.DataFrame({"first_name": first, "last_name": last, "nameless": waits})
    shown = full if full is not None else values["last_name"].fill_null(values["first_name"])
    column = next(
        (source.columns[n] for n in ("full_name", "last_name", "first_name") if n in source.columns), None
    )
    alone = half & ~waits
    blank = (("first_name", alone & first.is_null()), ("last_name", alone & last.is_null()))
    found = [
        ("name_missing", column, waits),
        *(("one_name", source.columns.get("full_name", source.columns.get(n)), rows) for n, rows in blank),
    ]
    problems = [
        about_rows(shown_where(records, shown, rows), code, column=of, value="shown", masked=True)
        for code, of, rows in found
    ]
    return Reading(values, problems)


def read_numbers(source: Source, records: pl.DataFrame) -> Reading:
    """What is kept as it is written: the employee number, and whatever else of a membership is an id."""
    values, problems = {}, []
    for name in (name for name, kind in MEMBERSHIP_COLUMNS.items() if kind is Kind.ID):
        raw = source.raw(name)
        if raw is None:
            values[name] = pl.Series([None] * records.height, dtype=pl.String)
            continue
        lost = raw.str.contains(SCIENTIFIC).fill_null(False)
        values[name] = pl.select(pl.when(~lost).then(raw)).to_series()
        problems.append(
            about_rows(
                shown_where(records, raw, lost),
                "id_scientific",
                reason="number_scientific",
                column=source.columns[name],
                value="shown",
                params=pl.struct(pl.lit(name).alias("field")),
            )
        )
    return Reading(pl.DataFrame(values), problems)


def read_contact(source: Source, records: pl.DataFrame) -> Reading:
    """Email and phone."""
    reading = Reading(pl.DataFrame({"email": pl.Series([None] * records.height, dtype=pl.String)}))
    reading.values = reading.values.with_columns(pl.lit(None, pl.String).alias("phone"))
    raw = source.raw("email")
    if raw is not None:
        found = read_emails(raw)
        reading.values = reading.values.with_columns(found["value"].alias("email"))
        for code, reason, mask in (
            ("email_placeholder", "email_placeholder", found["placeholder"]),
            ("email_unreadable", "email_unreadable", found["unreadable"]),
            ("email_unreadable", "email_several", found["several"]),
        ):
            rows = shown_where(records, raw, mask)
            reading.problems.append(
                about_rows(
                    rows, code, reason=reason, column=source.columns["email"], value="shown", masked=True
                )
            )
    raw = source.raw("phone")
    if raw is not None:
        found = read_phones(raw, source.mapping.country)
        reading.values = reading.values.with_columns(found["value"].alias("phone"))
        rows = shown_where(records, raw, found["unreadable"])
        reading.problems.append(
            about_rows(rows, "phone_unreadable", column=source.columns["phone"], value="shown", masked=True)
        )
    return reading


def read_days(source: Source, records: pl.DataFrame, dates: Dictionary[str, ProposedDate]) -> Reading:
    """The date fields, and "end_unread": a last day is given that could not be read."""
    nothing = pl.Series([None] * records.height, dtype=pl.Date)
    reading = Reading(pl.DataFrame(dict.fromkeys(DATE_FIELDS, nothing)))
    end_unread = pl.Series([False] * records.height, dtype=pl.Boolean)
    for name in DATE_FIELDS:
        raw = source.raw(name)
        if raw is None:
            continue
        column, proposed = source.columns[name], dates.get(name)
        declared = proposed.declared if proposed else None
        found = read_dates(raw, declared or "%Y-%m-%d")
        reading.blank[name] = found["blank"]
        if declared:
            value = first_day_back(found["value"], column) if name == "leave_end" else found["value"]
            reading.values = reading.values.with_columns(value.alias(name))
            rows = shown_where(records, raw, found["unreadable"])
            reading.problems.append(about_rows(rows, "date_unreadable", column=column, value="shown"))
        if name == "termination_date":
            end_unread = found["unreadable"] if declared else ~found["blank"]
    reading.values = reading.values.with_columns(end_unread.alias("end_unread"))
    return reading


def read_labor(source: Source, records: pl.DataFrame, applies: bool) -> Reading:
    """The CMS labor code, 1 to 40; not looked at when the organization's switch is off."""
    raw = source.raw("cms_code") if applies else None
    if raw is None:
        return Reading(pl.DataFrame({"cms_code": pl.Series([None] * records.height, dtype=pl.Int16)}))
    number = raw.str.extract(r"^0*(\d{1,2})(?:\.0+)?$").cast(pl.Int16)
    value = pl.select(pl.when(number.is_between(1, 40)).then(number)).to_series()
    rows = shown_where(records, raw, raw.is_not_null() & value.is_null())
    problem = about_rows(rows, "cms_unreadable", column=source.columns["cms_code"], value="shown")
    return Reading(pl.DataFrame({"cms_code": value}), [problem])


def read_flag(source: Source, records: pl.DataFrame) -> Reading:
    """Whether payroll marks this record as the person's primary job."""
    raw = source.raw("primary_flag")
    if raw is None:
        return Reading(pl.DataFrame({"primary_flag": pl.Series([None] * records.height, dtype=pl.Boolean)}))
    value = pl.when(raw.str.contains(_YES)).then(True).when(raw.str.contains(_NO)).then(False)
    return Reading(pl.select(primary_flag=value))
