"""The columns of people, memberships and pay in SQL, by `employee.FIELDS`: a new field needs no statement of its
own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from schedulepop.employee import MEMBERSHIP_COLUMNS, PAY_COLUMNS, USER_FIELDS, VALUE_KINDS, Kind
from schedulepop.lib import sql

_TYPES = {Kind.DATE: "date", Kind.LABOR: "smallint", Kind.MONEY: "bigint"}


def _typed(kinds: Mapping[str, Kind]) -> dict[str, str]:
    return {name: _TYPES.get(kind, "text") for name, kind in kinds.items()}


PERSON = _typed({name: VALUE_KINDS[name] for name in USER_FIELDS})
MEMBERSHIP = _typed(MEMBERSHIP_COLUMNS)
PAY = _typed(PAY_COLUMNS)


@cache
def load(package: str, name: str) -> str:
    """A statement of `<package>/sql` with its lists `person`, `membership` and `pay` written out."""
    return sql.with_columns(sql.load(package, name), {"person": PERSON, "membership": MEMBERSHIP, "pay": PAY})
