"""What payroll's words and flags for the employment status mean, and which columns may say that somebody has left.

A word may carry a qualifier ("Terminated - Voluntary", "Active (FT)"): the known word counts. Where both are known the
finer one wins if they agree, and nobody decides where they do not. Flags (Y/N, 1/0) have a meaning only under a header
that is unmistakable: `Active`, `Currently Employed`, `Terminated` (SPEC §5 Match).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from schedulepop import employee
from schedulepop.employee import Status
from schedulepop.lib import text
from schedulepop.sync.plan.values.headers import names_field, words

YES = frozenset({"y", "yes", "t", "true", "1", "x"})
NO = frozenset({"n", "no", "f", "false", "0"})
_FLAGGED: dict[str, tuple[Status, Status]] = {
    "active": (Status.ACTIVE, Status.INACTIVE),
    "employed": (Status.ACTIVE, Status.INACTIVE),
    "inactive": (Status.INACTIVE, Status.ACTIVE),
    "termination": (Status.TERMINATED, Status.ACTIVE),
}
"""The word of a flag's header → what yes and no say."""
_BESIDE_FLAGS = frozenset(
    {"is", "flag", "indicator", "employee", "currently", "current", "y", "n", "yes", "status"}
)
_HOURS = frozenset(
    {"full time", "part time", "per diem", "prn", "ft", "pt", "pd", "casual", "on call", "pool"}
)
"""How much somebody works, not whether: never the end of a leave or of a suspension."""
_QUALIFIER = re.compile(r"\s+[-–—]+\s*|\s*[–—]\s*|\s*[(\[/|:;,]\s*|-(?=\s)")
_MOST_WORDS = 40  # different values; a status has few
_NEARLY_ALL = 0.8
_CODE = re.compile(r"\d{1,3}|[a-z]\d{0,2}")
_NO_CODE = frozenset({"n", "x"})
_FINEST = (Status.INACTIVE, Status.TERMINATED, Status.LEAVE, Status.ACTIVE)
"""Words that say the least of their kind, least first; every other one is finer."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_HINTS = _words("""
    status stat sts active inactive termination separation resignation dismissal discharge leaver quit exit departure
    retirement retired employed end left leaving
""")
_NEVER = _words("""
    benefit benefits license licence pay payroll paid tax review probation probationary date insurance medical health
    dental vision marital military veteran visa citizenship immigration union flsa exempt exemption eeo eeoc filing
    vaccine vaccination covid flu immunization certification certificate cert training course school student policy
    coverage disability life cobra background check drug test screening i i9 w w4 w2 aca eligibility eligible accrual
    pto contract shift schedule time week period year month fiscal front back weekend address email phone contact
    evaluation onboarding access badge account deposit garnishment loan compliance credential registration
""")


def meaning(word: str, statuses: Mapping[str, str]) -> str | None:
    """The status a payroll word stands for: the mapping's answer first, then the usual words; else None."""
    own = {text.fold(key): value for key, value in statuses.items()}
    if (folded := text.fold(word)) in own:
        return own[folded]
    found = usual(word)
    return found.value if found else None


def usual(word: str) -> Status | None:
    """What a word usually means, with or without a qualifier; None: unknown, or it contradicts itself."""
    if (known := employee.STATUS_WORDS.get(text.fold(word))) is not None:
        return known
    parts = [part for part in (text.fold(one) for one in _QUALIFIER.split(word)) if part]
    if len(parts) < 2:
        return None
    first, *rest = (employee.STATUS_WORDS.get(part) for part in parts)
    if first is None:
        is_code = _CODE.fullmatch(parts[0]) is not None and parts[0] not in _NO_CODE
        return rest[0] if is_code and len(rest) == 1 else None
    if first in employee.ENDED and any(any(c.isdigit() for c in part) for part in parts[1:]):
        return None  # ended on a day that may be to come
    said = [first, *(one for one in rest if one is not None)]
    return max(said, key=_fineness) if len({_group(one) for one in said}) == 1 else None


def _group(status: Status) -> int:
    kinds = (employee.ENDED, employee.ON_LEAVE, {Status.ACTIVE}, {Status.UPCOMING}, {Status.SUSPENDED})
    return next(place for place, kind in enumerate(kinds) if status in kind)


def _fineness(status: Status) -> int:
    return _FINEST.index(status) if status in _FINEST else len(_FINEST)


def says_hours(word: str) -> bool:
    """Whether a word says only how much somebody works."""
    parts = [text.fold(one) for one in (word, *_QUALIFIER.split(word))]
    meant = {employee.STATUS_WORDS.get(part) for part in parts if part not in _HOURS}
    return any(part in _HOURS for part in parts[:2]) and meant <= {None}


def flag_meanings(header: str, values: Iterable[str]) -> dict[str, str]:
    """Each value → its status, where the header is that of a flag and all values are yes or no; else nothing.

    A column of `T` alone is no flag: it may be true, and it may be terminated.
    """
    said = words(header)
    core = next((word for word in _FLAGGED if word in said), None)
    if core is None or (core == "active" and "inactive" in said) or not said - {core} <= _BESIDE_FLAGS:
        return {}
    folded = {value: text.fold(value) for value in set(values)}
    answers = set(folded.values())
    if not answers or not answers <= YES | NO or answers == {"t"}:
        return {}
    yes, no = _FLAGGED[core]
    return {value: (yes if answer in YES else no).value for value, answer in folded.items()}


def is_flag(header: str, values: Collection[str]) -> bool:
    """Whether a column is a flag that says who works or who has left."""
    return bool(flag_meanings(header, values))


def may_say_ended(header: str) -> bool:
    """Whether a column may say, by its header, that somebody has left: a word of one closed list and none of another.

    Benefits, licenses, pay, taxes, reviews, probations and the date of something have a status and an end, too.
    """
    said = words(header)
    if any(names_field(header, field) for field in ("status", "termination_date")):
        return True
    return bool(said & _HINTS) and not said & _NEVER


def reads_as_status(values: Iterable[str]) -> bool:
    """Whether values are those of a status: few, nearly all of them usual words, an ended one among them."""
    different = {value for value in values if value.strip()}
    if not 0 < len(different) <= _MOST_WORDS:
        return False
    meant = [found for value in different if (found := usual(value)) is not None]
    return not employee.ENDED.isdisjoint(meant) and len(meant) >= _NEARLY_ALL * len(different)
