"""Normalize: text → values; a bad value becomes an issue, a bad identity a reject (SPEC §5 Normalize).

The door is `normalize`. One file per kind of value. Nobody is looked up here: who a record is, is match.
"""

from schedulepop.sync.plan.normalize.contacts import contacts_of
from schedulepop.sync.plan.normalize.step import normalize, normalize_unchanged

__all__ = ["contacts_of", "normalize", "normalize_unchanged"]
