"""Which columns must never be stored: birth dates, SSNs, bank data, what nobody needs, and pay while it is off.

By the header first (`never_kept`), then by the values (`telling_values`). A column that is needed is safe from words
that are only likely: one the mapping names, one whose header names a field, one that may say who has left. A mapped
column is never dropped by its values (SPEC §5 Read, §10).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from schedulepop import employee
from schedulepop.lib import text
from schedulepop.sync.plan.read import never_kept, telling_values
from schedulepop.sync.plan.values.headers import named_fields
from schedulepop.sync.plan.values.status_words import may_say_ended, reads_as_status

_NEVER: dict[str, str] = {
    header.replace(" ", ""): what
    for what, headers in employee.NEVER_STORED_HEADERS.items()
    for header in headers
}
_FIELDS_OF: dict[str, set[str]] = {}
for _field in employee.FIELDS:
    for _header in _field.headers:
        _FIELDS_OF.setdefault(_header.replace(" ", ""), set()).add(_field.name)
_IDS = frozenset({"source_id", "employee_number"})
_NO_MONEY = frozenset(
    {"hours", "hrs", "hour", "fte", "stunden", "heures", "horas", "ore", "uren", "percent", "pct", "points"}
    | {"miles", "balance", "accrual", "accrued", "pto"}
)
"""Headers of numbers that look like amounts of money."""
_OF_OTHER_THINGS = frozenset({"identity document", "health data", "personal data"})
"""A status or an end of these is nobody's employment: a visa's, a veteran's."""


def sensitive(
    headers: Iterable[str],
    pay: bool,
    samples: Mapping[str, Sequence[str]] | None = None,
    mapped: Mapping[str, str] | None = None,
    named: Collection[str] = (),
) -> dict[str, str]:
    """Columns to drop → what they are. `pay` is the integration's switch; on means pay columns stay.

    `mapped`: canonical field → column, of a mapping that a person made; `named`: columns its rules read besides.
    """
    fields_of: dict[str, set[str]] = {name: set() for name in named}
    for field, column in (mapped or {}).items():
        fields_of.setdefault(column, set()).add(field)
    names = list(headers)
    ids = {name for name in names if fields_of.get(name, _claimed(name)) & _IDS}
    found: dict[str, str] = {}
    for name in names:
        values = (samples or {}).get(name, ())
        if name in fields_of:
            what = _of_mapped(name, fields_of[name], pay)
        else:
            what = _of_unmapped(name, values, pay, bool(ids - {name}))
        if what:
            found[name] = what
    return found


def is_pay(header: str) -> bool:
    """Whether a header names a wage, its unit or its currency."""
    fields = _claimed(header)
    if fields & employee.PAY_FIELDS:
        return True
    return not fields and never_kept.says_pay(header)


def _of_mapped(name: str, fields: set[str], pay: bool) -> str | None:
    """A column in use goes by an unmistakable header, or because it gives nothing but pay and pay is off."""
    if what := _certain(name):
        return what
    if pay or fields - employee.PAY_FIELDS:
        return None
    return "pay" if fields or is_pay(name) else None


def _of_unmapped(name: str, values: Sequence[str], pay: bool, identified: bool) -> str | None:
    if what := _certain(name):
        return what
    paid = is_pay(name)
    kind = never_kept.kind_of(name)
    other = kind is not None and kind.what in _OF_OTHER_THINGS
    if _claimed(name) or reads_as_status(values) or (may_say_ended(name) and not other):
        return "pay" if paid and not pay else "SSN" if telling_values.ssn_everywhere(values) else None
    if kind is not None:
        return kind.what
    if paid:
        return None if pay else "pay"
    if what := telling_values.proven(values):
        return what
    of_money = not pay and not _NO_MONEY & set(never_kept.words_of(name))
    return telling_values.likely(values, of_money) if identified else None


def _certain(name: str) -> str | None:
    compact = text.fold_header(name).replace(" ", "")
    if compact in _NEVER:
        return _NEVER[compact]
    if compact.endswith("ssn"):
        return "SSN"
    kind = never_kept.kind_of(name)
    return kind.what if kind is not None and kind.certain else None


def _claimed(name: str) -> set[str]:
    """Fields that a header names, exactly or with all its words."""
    compact = text.fold_header(name).replace(" ", "")
    return _FIELDS_OF.get(compact) or {field for _, field in named_fields(name)}
