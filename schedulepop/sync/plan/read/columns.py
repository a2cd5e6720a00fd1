"""Recognizes the columns of a feed by their names: which one gives which canonical field.

An exact synonym of `employee.FIELDS` wins, then a few rules over the words of a header. Each field gets at
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
from schedulepop.sync.plan.read.sensitive import sensitive
from schedulepop.sync.plan.values.dates import is_blank_date, looks_like_date

__all__ = [
    "Recognition",
    "count_named",
    "mapped",
    "recognize",
    "samples",
    "sensitive",
]

Samples = Mapping[str, Sequence[str]]
"""Some values of each column, blanks left out."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """Which column gives which field, and what is left over."""

    columns: dict[str, str]  # canonical field → source column
    unknown: tuple[str, ...]  # columns that nothing reads, in the file's order
    dropped: dict[str, str]  # columns that are never stored → what they are; pay is `read`'s decision
    notes: tuple[str, ...] = field(default=())  # choices a reader may want to know


@dataclass(frozen=True, slots=True)
class _Rule:
    """A header names the field when it has a word of every group and none of the others."""

    field: str
    groups: tuple[frozenset[str], ...]
    never: frozenset[str] = frozenset()


def _rule(name: str, *groups: str, never: str = "") -> _Rule:
    return _Rule(name, tuple(frozenset(group.split()) for group in groups), frozenset(never.split()))


_WORKER = "employee emp ee associate worker personnel staff"
_SOMEBODY_ELSE = frozenset(
    [
        "manager",
        "mgr",
        "supervisor",
        "reports",
        "emergency",
        "spouse",
        "dependent",
        "beneficiary",
        "recruiter",
        "previous",
        "prior",
        "old",
        "approver",
        "secondary",
        "alternate",
        "maiden",
        "parent",
        "owner",
        "referred",
        "referral",
        "father",
        "mother",
        "trainer",
        "preparer",
        "performance",
        "review",
        "vaccination",
        "vaccine",
        "license",
        "certification",
    ]
)
_RULES: tuple[_Rule, ...] = (
    _rule(
        "source_id",
        _WORKER,
        "id",
        never="status type class dept department position job location tax user date",
    ),
    _rule(
        "employee_number",
        _WORKER,
        "number no num # code",
        never="status type class phone job position location",
    ),
    _rule(
        "full_name",
        _WORKER + " full legal payroll",
        "name",
        never="first last middle given family job location",
    ),
    _rule("first_name", "first given", "name", never="hire day date last"),
    _rule("last_name", "last family", "name", never="hire day date first"),
    _rule("email", "email emails", never="type status verified opt consent"),
    _rule(
        "phone",
        "phone mobile cell telephone",
        never="type ext extension carrier fax consent opt provider location facility",
    ),
    _rule(
        "location",
        "location facility site building community",
        never="date type phone address zip state city",
    ),
    _rule(
        "duty",
        "job position occupation",
        "title name description desc code",
        never="id date start status level",
    ),
    _rule(
        "zone", "department dept unit wing floor", never="id head date count phone rate price pay org measure"
    ),
    _rule(
        "status",
        "status",
        _WORKER + " employment assignment job position active current hr",
        never="id marital date reason flsa tax filing benefit full time pay i9 code2",
    ),
    _rule(
        "hire_date",
        "hire hired hiring rehire",
        "date dt",
        never="original orig first adjusted adj seniority benefit vacation",
    ),
    _rule(
        "original_hire_date",
        "original orig first adjusted adj seniority",
        "hire start service seniority",
        "date dt",
        never="benefit vacation",
    ),
    _rule(
        "termination_date",
        "termination term terminated separation separated",
        "date dt",
        never="benefit benefits insurance probation reason cobra",
    ),
    _rule(
        "leave_end",
        "return back",
        "date dt day",
        "leave loa fmla work expected anticipated",
        never="tax policy merchandise",
    ),
    _rule("leave_end", "leave loa fmla", "end ends through", never="type reason code balance"),
    _rule("cms_code", "pbj cms", "code job labor title"),
    _rule("pay_rate", "hourly base annual regular", "rate salary wage pay", never="type date change"),
    _rule(
        "primary_flag",
        "primary home",
        "flag indicator assignment job position",
        never="code title department",
    ),
)
_SYNONYMS: dict[str, dict[str, int]] = {
    f.name: {header.replace(" ", ""): index for index, header in reversed(list(enumerate(f.headers)))}
    for f in employee.FIELDS
}
_FIELD_OF = {synonym: name for name, synonyms in _SYNONYMS.items() for synonym in synonyms}
_ORDER = {f.name: index for index, f in enumerate(employee.FIELDS)}
_CODE_LAST = re.compile(r"(?:code|id|number|no|#)$")
_TEXT_FIRST = ("duty", "zone")


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
    notes: list[str] = []
    for *_, position, field_name in claims:
        if position in taken or field_name in columns:
            continue
        columns[field_name] = names[position]
        taken.add(position)
    if "source_id" not in columns and "employee_number" in columns:
        columns["source_id"] = columns.pop("employee_number")
        notes.append(f"There is no payroll ID column, so {columns['source_id']} identifies people.")
    unknown = tuple(n for i, n in enumerate(names) if i not in taken and n not in dropped)
    notes.extend(_passed_over(columns, unknown))
    ordered = {f.name: columns[f.name] for f in employee.FIELDS if f.name in columns}
    return Recognition(ordered, unknown, dropped, tuple(notes))


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
    """Values of each column from the start and from all over the feed, blanks left out."""
    step = max(1, table.height // size)
    part = pl.concat([table.head(size), table.gather_every(step).head(2 * size)])
    return {c: part[c].drop_nulls().to_list() for c in part.columns if part.schema[c] == pl.String}


def _claims(name: str, position: int, values: Sequence[str]) -> list[tuple[int, int, int, int, int, str]]:
    """Fields this header could name: (tier, code last, synonym, field, position, field name), best first."""
    folded = text.fold_header(name)
    compact = folded.replace(" ", "")
    words = frozenset(folded.split())
    found: list[tuple[int, int, int, int, int, str]] = []
    for field_name, synonyms in _SYNONYMS.items():
        code_last = int(field_name in _TEXT_FIRST and bool(_CODE_LAST.search(compact)))
        if compact in synonyms and _fits(field_name, values):
            found.append((0, code_last, synonyms[compact], _ORDER[field_name], position, field_name))
    if found or words & _SOMEBODY_ELSE:
        return found
    for index, rule in enumerate(_RULES):
        if (
            words & rule.never
            or not all(words & group for group in rule.groups)
            or not _fits(rule.field, values)
        ):
            continue
        code_last = int(rule.field in _TEXT_FIRST and bool(_CODE_LAST.search(compact)))
        found.append((1, code_last, index, _ORDER[rule.field], position, rule.field))
    return found


def _fits(field_name: str, values: Sequence[str]) -> bool:
    """Whether the values can be what the header says; no values is no objection."""
    filled = [value for value in values[:200] if value.strip()]
    if not filled:
        return True
    if employee.BY_NAME[field_name].kind is employee.Kind.DATE:
        said = [value for value in filled if not is_blank_date(value)]
        return sum(map(looks_like_date, said)) * 2 >= len(said)
    if field_name == "status" or employee.BY_NAME[field_name].kind is employee.Kind.NAME:
        return sum(any(c.isalpha() for c in value) for value in filled) * 2 >= len(filled)
    if field_name == "email":
        return any("@" in value for value in filled) or len(filled) < 5
    return True


def _passed_over(columns: Mapping[str, str], unknown: Iterable[str]) -> list[str]:
    notes = []
    for column in unknown:
        compact = text.fold_header(column).replace(" ", "")
        for field_name, synonyms in _SYNONYMS.items():
            if compact in synonyms and field_name in columns:
                label = employee.BY_NAME[field_name].label
                notes.append(
                    f"{column} is not read: {columns[field_name]} gives the {label[0].lower()}{label[1:]}."
                )
                break
    return notes
