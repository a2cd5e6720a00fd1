"""Which column is which: what the file really holds, what we took it for, and what a person says instead."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from schedulepop import employee
from schedulepop.lib import text
from schedulepop.lib.date_formats import FORMATS
from schedulepop.sync.plan.frames.feed import FileProfile, Note, ProposedDate
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.plan.values.dates import looks_like_date, read_dates
from schedulepop.web.integrations.words import FORMAT_WORDS, WANTED
from schedulepop.web.templatetags.words import day
from schedulepop.wording import dates, files

SAMPLES = 3
NO_STATUS = "no_status"  # the choice of a column that nothing reads
_FITS = 0.5  # share of a column's values that a date format has to read before it is offered


@dataclass(frozen=True, slots=True)
class Reading:
    """How a date column would read under one format."""

    format: str
    words: str
    example: str  # "03/04/2019 is March 4, 2019"
    chosen: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file."""

    position: int
    name: str
    filled: int
    records: int
    samples: tuple[str, ...]
    field: str  # canonical field, "" when it is not used
    tone: str
    word: str  # Sure, Likely, Chosen, Choose, Not used
    note: str
    readings: tuple[Reading, ...]  # for a date: formats to choose from
    may_be_status: bool = False  # "this is no status" is offered
    no_status: bool = False  # somebody said so


@dataclass(frozen=True, slots=True)
class Tick:
    """One thing SchedulePop will get, or not, and why."""

    state: str  # yes, ask, no
    words: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """The page: what needs a person, what was recognized, what is not used."""

    needs: tuple[Column, ...]
    known: tuple[Column, ...]
    unused: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    mapped: int
    wanted: int

    @property
    def all(self) -> int:
        return len(self.needs) + len(self.known) + len(self.unused)


def page(
    look: FileProfile, mapping: Mapping, notes: Sequence[Note], *, sees_pay: bool, sees_contact: bool
) -> Columns:
    """The view of a file's columns for one reader."""
    fields = {column: name for name, column in {**mapping.columns, **look.columns}.items()}
    found = [
        _column(position, name, fields.get(name, ""), look, mapping, notes, sees_pay, sees_contact)
        for position, name in enumerate(look.feed.names)
    ]
    ticks = tuple(_ticks(look))
    return Columns(
        needs=tuple(one for one in found if one.tone == "warn"),
        known=tuple(one for one in found if one.field and one.tone != "warn"),
        unused=tuple(one for one in found if not one.field and one.tone != "warn"),
        ticks=ticks,
        mapped=sum(1 for one in ticks if one.state == "yes"),
        wanted=len(ticks),
    )


def _column(
    position: int,
    name: str,
    field: str,
    look: FileProfile,
    mapping: Mapping,
    notes: Sequence[Note],
    sees_pay: bool,
    sees_contact: bool,
) -> Column:
    kept = name in look.feed.table.columns
    values = look.feed.table[name] if kept else pl.Series([], dtype=pl.String)
    tone, word = confidence(name, field, mapping)
    note = ""
    offered: tuple[Reading, ...] = ()
    proposed = look.dates.get(field) if field else None
    unread = not field and any(one.name == name for one in look.unread)
    no_status = text.fold_header(name) in {text.fold_header(one) for one in mapping.no_status}
    if proposed is not None:
        note, offered = _date_note(values, proposed)
        if not (proposed.proven and proposed.format):
            tone, word = "warn", "Choose"
    elif unread:
        tone, word = "warn", "Choose"
        note = "It may say who has left: choose the employment status, or say that it is no status."
    elif not kept:
        note = "Nobody used it, so its values are not kept. Once chosen, it is read from the next file on."
    else:
        note = next((files.note(*one) for one in notes if one[1].get("column") == name), "")
    return Column(
        position=position,
        name=name,
        filled=len(_filled(values)) if kept else look.feed.not_kept[name],
        records=look.feed.table.height,
        samples=tuple(
            masked(one, field, sees_pay=sees_pay, sees_contact=sees_contact) for one in samples(values)
        ),
        field=field,
        tone=tone,
        word=word,
        note=note,
        readings=offered,
        may_be_status=unread or no_status,
        no_status=no_status,
    )


def confidence(name: str, field: str, mapping: Mapping) -> tuple[str, str]:
    """How sure the recognition is: a name payroll exports use is sure, a name that has the right words likely."""
    if not field:
        return "", "Not used"
    if mapping.columns:
        return "ok", "Chosen"
    usual = {header.replace(" ", "") for header in employee.BY_NAME[field].headers}
    return "ok", "Sure" if text.fold_header(name).replace(" ", "") in usual else "Likely"


def _filled(values: pl.Series) -> pl.Series:
    return values.drop_nulls().filter(values.drop_nulls().str.strip_chars() != "")


def samples(values: pl.Series, size: int = SAMPLES) -> list[str]:
    """Different values from the start of a column, blanks left out."""
    return [str(one)[:40] for one in _filled(values).unique(maintain_order=True).head(size).to_list()]


def masked(value: str, field: str, *, sees_pay: bool, sees_contact: bool) -> str:
    """A sample as this reader may see it; what nobody has recognized is masked like contact data when it may be."""
    if field in employee.PAY_FIELDS:
        return value if sees_pay else "hidden"
    if sees_contact:
        return value
    personal = field and employee.BY_NAME[field].sensitivity is employee.Sensitivity.CONTACT
    digits = sum(character.isdigit() for character in value)
    looks_personal = not field and not looks_like_date(value) and ("@" in value or digits >= 7)
    return text.mask(value) if personal or looks_personal else value


def _date_note(values: pl.Series, proposed: ProposedDate) -> tuple[str, tuple[Reading, ...]]:
    offered = readings(values, proposed)
    if proposed.why == "declared":
        return f"Declared: {FORMAT_WORDS.get(proposed.format or '', proposed.format)}.", offered
    if proposed.proven and proposed.format:
        proof = _proof(values, proposed.format)
        reason = f"{proof} proves it" if proof else dates.why(proposed.why, proposed.by)
        return f"Proposed: {FORMAT_WORDS.get(proposed.format, proposed.format)}, since {reason}.", offered
    return (
        f"This column is not read yet: {dates.why(proposed.why, proposed.by)}. How are its dates written?",
        offered,
    )


def _proof(values: pl.Series, declared: str) -> str:
    """A value that only this format reads among those that differ in the order of day and month."""
    others = {"%m/%d/%Y": "%d/%m/%Y", "%d/%m/%Y": "%m/%d/%Y"}
    if declared not in others:
        return ""
    distinct = _filled(values).unique(maintain_order=True)
    mine, theirs = read_dates(distinct, declared)["value"], read_dates(distinct, others[declared])["value"]
    only = distinct.filter(mine.is_not_null() & theirs.is_null())
    return str(only[0]) if len(only) else ""


def readings(values: pl.Series, proposed: ProposedDate) -> tuple[Reading, ...]:
    """Every declarable format that reads at least half of the column, with how its first value would read."""
    distinct = _filled(values).unique(maintain_order=True).head(2_000)
    found = []
    for declared in FORMATS:
        read = read_dates(distinct, declared)["value"]
        if not len(distinct) or len(read.drop_nulls()) < _FITS * len(distinct):
            continue
        at = next(
            (
                i
                for i, value in enumerate(read)
                if value is not None and value.day != value.month and value.day <= 12
            ),
            None,
        )
        at = at if at is not None else next(i for i, value in enumerate(read) if value is not None)
        found.append(
            Reading(
                declared,
                FORMAT_WORDS[declared],
                f"{distinct[at]} is {day(read[at])}",
                declared == proposed.format and proposed.proven,
            )
        )
    unlike = {one.example.split(" is ")[1] for one in found}
    return tuple(found) if len(unlike) > 1 or not proposed.proven else ()


def _ticks(look: FileProfile) -> list[Tick]:
    """What SchedulePop will get from this file."""
    found = []
    for words, (want,), note in WANTED:
        has = [way for way in want.split("|") if all(part in look.columns for part in way.split("+"))]
        unproven = [way for way in has if way in look.dates and not look.dates[way].proven]
        if unproven:
            found.append(Tick("ask", words, "Needs you: how are its dates written?"))
        elif has:
            found.append(Tick("yes", words))
        elif want == "status" and look.unread:
            found.append(Tick("ask", words, "Needs you: a column may say who has left."))
        else:
            found.append(Tick("ask" if words in ("Payroll ID", "Name", "Location") else "no", words, note))
    return found


class ChoiceError(Exception):
    """What was chosen does not fit together; the text says what to change."""


def chosen(names: Sequence[str], posted: Dictionary[str, str], mapping: Mapping) -> Mapping:
    """The mapping that a posted page asks for. Raises ChoiceError when two columns give one field."""
    columns: dict[str, str] = {}
    for position, name in enumerate(names):
        field = posted.get(f"column-{position}", "")
        if field not in employee.BY_NAME:
            continue
        if field in columns:
            label = employee.BY_NAME[field].label
            raise ChoiceError(
                f"{columns[field]} and {name} cannot both be the {label.lower()}. Choose one of them."
            )
        columns[field] = name
    if "source_id" not in columns:
        raise ChoiceError("Choose the column with the payroll ID. Without it nobody can be kept apart.")
    if "full_name" not in columns and not {"first_name", "last_name"} <= set(columns):
        raise ChoiceError("Choose the columns with the first and last name, or the one with the full name.")
    ordered = {name: columns[name] for name in employee.BY_NAME if name in columns}
    dates = {
        name: declared
        for name, declared in mapping.dates.items()
        if columns.get(name) == mapping.columns.get(name, columns.get(name))
    }
    for position, name in enumerate(names):
        declared = posted.get(f"date-{position}", "")
        field = next((one for one, column in ordered.items() if column == name), "")
        if declared in FORMATS and field and employee.BY_NAME[field].kind is employee.Kind.DATE:
            dates[field] = declared
    dates = {name: declared for name, declared in dates.items() if name in ordered}
    update = {"columns": ordered, "dates": dates, "no_status": _no_status(names, posted, mapping)}
    return mapping.model_copy(update=update)


def _no_status(names: Sequence[str], posted: Dictionary[str, str], mapping: Mapping) -> frozenset[str]:
    """The columns of which somebody says that they are no status; those of another file keep what was said."""
    elsewhere = {
        one for one in mapping.no_status if text.fold_header(one) not in map(text.fold_header, names)
    }
    here = (name for position, name in enumerate(names) if posted.get(f"column-{position}") == NO_STATUS)
    return frozenset({*elsewhere, *here})
