"""Which columns must never be stored: birth dates, SSNs, bank data, and pay while its switch is off.

By the header first, and by the values for columns full of Social Security numbers under another name
(SPEC §5 Read, §10). Dropping too much is the safe side, so words are enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from schedulepop import employee
from schedulepop.lib import text

_SSN = re.compile(r"^[^\S\n]*\d{3}[- ]\d{2}[- ]\d{4}[^\S\n]*$", re.MULTILINE)  # of values, one a line
_WORDS: tuple[tuple[str, frozenset[str]], ...] = (
    ("SSN", frozenset({"ssn", "itin", "ss#"})),
    ("birth date", frozenset({"dob", "birth", "birthdate", "birthday", "born"})),
    ("bank data", frozenset({"iban", "routing", "bank", "aba", "swift", "bic"})),
)
_PHRASES: tuple[tuple[str, str], ...] = (
    ("SSN", "socialsecurity"),
    ("SSN", "socsec"),
    ("SSN", "taxid"),
    ("SSN", "nationalid"),
    ("birth date", "dateofbirth"),
    ("birth date", "birthdate"),
    ("bank data", "directdeposit"),
    ("bank data", "bankaccount"),
)
_NEVER: dict[str, str] = {
    header.replace(" ", ""): what
    for what, headers in employee.NEVER_STORED_HEADERS.items()
    for header in headers
}
_PAY_NAMES: frozenset[str] = frozenset(
    header.replace(" ", "") for name in employee.PAY_FIELDS for header in employee.BY_NAME[name].headers
)
_PAY_WORDS = frozenset(
    [
        "pay",
        "salary",
        "wage",
        "wages",
        "rate",
        "rates",
        "compensation",
        "earnings",
        "gross",
        "bonus",
        "hourly",
        "remuneration",
        "stipend",
    ]
)
_NOT_PAY = frozenset(
    [
        "group",
        "class",
        "cycle",
        "period",
        "company",
        "code",
        "calendar",
        "schedule",
        "status",
        "location",
        "name",
        "number",
    ]
)
_OTHER_NAMES: frozenset[str] = frozenset(
    header.replace(" ", "")
    for f in employee.FIELDS
    if f.name not in employee.PAY_FIELDS
    for header in f.headers
)


def sensitive(
    headers: Iterable[str], pay: bool, samples: Mapping[str, Sequence[str]] | None = None
) -> dict[str, str]:
    """Columns to drop → what they are. `pay` is the integration's switch; on means pay columns stay."""
    found: dict[str, str] = {}
    for header in headers:
        what = _by_name(header) or _by_values((samples or {}).get(header, ()))
        if not what and not pay and is_pay(header):
            what = "pay"
        if what:
            found[header] = what
    return found


def is_pay(header: str) -> bool:
    """Whether a header names a wage, its unit or its currency."""
    folded = text.fold_header(header)
    compact = folded.replace(" ", "")
    if compact in _PAY_NAMES:
        return True
    words = frozenset(folded.split())
    return bool(words & _PAY_WORDS) and not words & _NOT_PAY and compact not in _OTHER_NAMES


def _by_name(header: str) -> str | None:
    folded = text.fold_header(header)
    compact = folded.replace(" ", "")
    if compact in _NEVER:
        return _NEVER[compact]
    words = frozenset(folded.split())
    for what, some in _WORDS:
        if words & some:
            return what
    if compact.endswith("ssn"):
        return "SSN"
    return next((what for what, phrase in _PHRASES if phrase in compact), None)


def _by_values(values: Sequence[str]) -> str | None:
    like_ssn = len(_SSN.findall("\n".join(values)))
    if like_ssn and 2 * like_ssn > sum(1 for value in values if value.strip()):
        return "SSN"
    return None
