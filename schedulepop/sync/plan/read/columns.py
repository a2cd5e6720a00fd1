"""Recognizes the columns of a feed by their names: which one gives which canonical field.

An exact synonym of `employee.FIELDS` wins, then a header all of whose words fit (`values.headers`). Each field gets at
most one column and each column at most one field, in an order that does not depend on the file's.
Choices: text columns win over code columns for duty and zone ("Job Title" over "Job Code"), because people
read the names; for the location the code wins, because locations are set up by payroll code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from schedulepop import employee
from schedulepop.lib import text
from schedulepop.lib.nothing import or_null
from schedulepop.sync.plan.frames.feed import Note
from schedulepop.sync.plan.read.sensitive import sensitive
from schedulepop.sync.plan.values.dates import is_blank_date, looks_like_date
from schedulepop.sync.plan.values.headers import named_fields, says_last_worked
from schedulepop.sync.plan.values.status_words import is_flag

__all__ = [
    "Recognition",
    "count_named",
    "mapped",
    "recognize",
    "samples",
    "sensitive",
    "with_stand_ins",
]

Samples = Mapping[str, Sequence[str]]
"""Some values of each column, blanks left out."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """Which column gives which field, and what is left over."""

    columns: dict[str, str]  # canonical field → source column
    unknown: tuple[str, ...]  # columns that nothing reads, in the file's order
    dropped: dict[str, str]  # columns that are never stored → what they are; pay is `read`'s decision
    notes: tuple[Note, ...] = field(default=())  # choices a reader may want to know


_SYNONYMS: dict[str, dict[str, int]] = {
    f.name: {header.replace(" ", ""): index for index, header in reversed(list(enumerate(f.headers)))}
    for f in employee.FIELDS
}
_FIELD_OF = {synonym: name for name, synonyms in _SYNONYMS.items() for synonym in synonyms}
_ORDER = {f.name: index for index, f in enumerate(employee.FIELDS)}
_FLAG_WORDS = frozenset(
    ["y", "n", "yes", "no", "t", "f", "true", "false", "1", "0", "x", "primary", "secondary"]
)
_CODE_LAST = re.compile(r"(?:code|id|number|no|#)$")
_TEXT_FIRST = ("duty", "zone")
_SAY_ENDED = ("status", "termination_date")


def recognize(headers: Iterable[str], samples: Samples | None = None) -> Recognition:
    """Map headers to fields; `samples` help to tell a status from a number and a date from a flag."""
    names = [header for header in headers if header]
    values = samples or {}
    dropped = sensitive(names, pay=True, samples=values)
    claims = sorted(
        claim
        for position, name in enumerate(names)
        if name not in dropped
        for claim in _claims(name, position, values.get(name, ()))
    )
    columns: dict[str, str] = {}
    taken: set[int] = set()
    notes: list[Note] = []
    wanted = [(position, field_name) for *_, position, field_name in claims]
    for position, field_name in [*wanted, *_strange(names, dropped, values)]:
        if position in taken or field_name in columns:
            continue
        columns[field_name] = names[position]
        taken.add(position)
    if says_last_worked(columns.get("termination_date", "")) and "status" in columns:
        del columns["termination_date"]  # a status says who has left, and these days may be those of a leave
    columns, stands_in = with_stand_ins(columns)
    if stands_in:
        notes.append(("number_as_id", {"column": columns["source_id"]}))
    used = set(columns.values())
    unknown = tuple(n for n in names if n not in used and n not in dropped)
    notes.extend(_passed_over(columns, unknown))
    ordered = {f.name: columns[f.name] for f in employee.FIELDS if f.name in columns}
    return Recognition(ordered, unknown, dropped, tuple(notes))


def with_stand_ins(columns: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """The same, where a rehire is the only hire date, and where the employee number has to be the ID (True)."""
    found = dict(columns)
    if "rehire_date" in found and "hire_date" not in found:
        found["hire_date"] = found.pop("rehire_date")
    stands_in = "source_id" not in found and "employee_number" in found
    if stands_in:
        found["source_id"] = found.pop("employee_number")
    return found, stands_in


def _strange(names: Sequence[str], dropped: Mapping[str, str], values: Samples) -> list[tuple[int, str]]:
    """Who has left, by header, whatever the values: such a column is never dropped because they look strange."""
    return [
        (position, field_name)
        for position, name in enumerate(names)
        if name not in dropped and values.get(name)
        for *_, field_name in _claims(name, position, ())
        if field_name in _SAY_ENDED
    ]


def count_named(cells: Iterable[str]) -> int:
    """How many fields these cells name exactly: a quick measure for finding the header row."""
    compact = (text.fold_header(cell).replace(" ", "") for cell in cells if len(cell) <= 60)
    return len({_FIELD_OF[name] for name in compact if name in _FIELD_OF})


def mapped(headers: Sequence[str], columns: Mapping[str, str]) -> Recognition:
    """The columns a mapping declares, as far as the feed has them; spelling may differ in case and spaces."""
    folded = {text.fold_header(header): header for header in reversed(headers)}
    found = {
        name: column if column in headers else folded[text.fold_header(column)]
        for name, column in columns.items()
        if name in employee.BY_NAME and (column in headers or text.fold_header(column) in folded)
    }
    used = set(found.values())
    return Recognition(found, tuple(h for h in headers if h not in used), {})


def samples(table: pl.DataFrame, size: int = 500) -> dict[str, list[str]]:
    """Values of each column from the start and from all over the feed, blanks and words for nothing left out."""
    step = max(1, table.height // size)
    height = table.height
    part = table[sorted({*range(min(size, height)), *range(0, height, step)[: 2 * size]})]
    texts = (column for column in part.iter_columns() if column.dtype == pl.String)
    return {column.name: or_null(column).drop_nulls().to_list() for column in texts}


def _claims(name: str, position: int, values: Sequence[str]) -> list[tuple[int, int, int, int, int, str]]:
    """Fields this header could name: (tier, code last, synonym, field, position, field name), best first."""
    folded = text.fold_header(name)
    compact = folded.replace(" ", "")
    found: list[tuple[int, int, int, int, int, str]] = []
    if is_flag(name, values):
        return [(0, 0, len(_SYNONYMS["status"]), _ORDER["status"], position, "status")]
    for field_name, synonyms in _SYNONYMS.items():
        code_last = int(field_name in _TEXT_FIRST and bool(_CODE_LAST.search(compact)))
        if compact in synonyms and _fits(field_name, values):
            found.append((0, code_last, synonyms[compact], _ORDER[field_name], position, field_name))
    if found:
        return found
    for index, field_name in named_fields(name):
        if _fits(field_name, values):
            code_last = int(field_name in _TEXT_FIRST and bool(_CODE_LAST.search(compact)))
            found.append((1, code_last, index, _ORDER[field_name], position, field_name))
    return found


def _fits(field_name: str, values: Sequence[str]) -> bool:
    """Whether the values can be what the header says; no values is no objection."""
    filled = [value for value in values[:200] if value.strip()]
    if not filled:
        return True
    if employee.BY_NAME[field_name].kind is employee.Kind.DATE:
        said = [value for value in filled if not is_blank_date(value)]
        return sum(map(looks_like_date, said)) * 2 >= len(said)
    if field_name == "primary_flag":
        return sum(text.fold(value) in _FLAG_WORDS for value in filled) * 2 >= len(filled)
    if field_name == "status" or employee.BY_NAME[field_name].kind is employee.Kind.NAME:
        return sum(any(c.isalpha() for c in value) for value in filled) * 2 >= len(filled)
    if field_name == "email":
        return any("@" in value for value in filled) or len(filled) < 5
    return True


def _passed_over(columns: Mapping[str, str], unknown: Iterable[str]) -> list[Note]:
    notes: list[Note] = []
    for column in unknown:
        compact = text.fold_header(column).replace(" ", "")
        for field_name, synonyms in _SYNONYMS.items():
            if compact in synonyms and field_name in columns:
                about = {"column": column, "instead": columns[field_name], "field": field_name}
                notes.append(("column_passed_over", about))
                break
    return notes
