"""How a value reads inside a sentence."""

from __future__ import annotations

from datetime import datetime

from schedulepop.employee import BY_NAME
from schedulepop.wording.spoken import moment_of
from schedulepop.wording.translation import gettext
from schedulepop.wording.translation import gettext_noop as _

_KINDS = {"duty": _("duty"), "zone": _("zone")}


def kind(name: str) -> str:
    """What a code stands for."""
    return gettext(_KINDS[name])


def file_of(at: datetime | None, today: datetime) -> str:
    """When payroll wrote the last file, to stand behind "of"."""
    if at is None:
        return gettext("an earlier day")
    return moment_of(at.astimezone(today.tzinfo), today)


_LABELS = {
    "ends_on": _("Last day"),
    "extra_duty": _("Extra duty"),
    "extra_zone": _("Extra zone"),
    "primary_location": _("Primary location"),
}


def field_label(field: str) -> str:
    """What a field is called; one that is no canonical field by its name."""
    known = BY_NAME.get(field)
    return known.label if known else field.replace("_", " ").capitalize()


def column_label(field: str) -> str:
    """A canonical field as a sentence about a feed quotes it: `“Hire date”`."""
    known = BY_NAME.get(field)
    return f"“{gettext(_LABELS[field]) if field in _LABELS else known.label if known else field}”"
