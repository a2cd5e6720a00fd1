"""How a value reads inside a sentence."""

from __future__ import annotations

from datetime import datetime

from schedulepop.lib.spoken import moment
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
    said = moment(at.astimezone(today.tzinfo), today).removeprefix("on ")
    return gettext("a moment ago") if said == "just now" else said
