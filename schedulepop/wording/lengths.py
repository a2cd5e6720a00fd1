"""What is said of a text that is too long for us: how long it is, how much fits, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from schedulepop.wording.translation import gettext
from schedulepop.wording.translation import gettext_noop as _
from schedulepop.wording.values import field_label

Said = Callable[..., str]
_KINDS = {"location": _("location"), "duty": _("duty"), "zone": _("zone")}


def _value(finding: Mapping[str, Any], field: str, length: int, longest: int) -> str:
    said = gettext("{field} has {length:,} characters, and {longest:,} fit: shorten it in payroll.")
    if finding["code"] == "name_missing":
        rest = gettext("A new person waits until then, others keep theirs.")
    else:
        rest = gettext("Until then the current one stays.")
    return f"{said.format(field=field_label(field), length=length, longest=longest)} {rest}"


def _of_kind(said: str) -> Said:
    def rendered(finding: Mapping[str, Any], kind: str, length: int, longest: int) -> str:
        figures = {"length": f"{length:,}", "longest": f"{longest:,}", "value": finding["value"]}
        return gettext(said).format(kind=gettext(_KINDS[kind]), **figures)

    return rendered


SENTENCES: dict[str, Said] = {
    "text_too_long": _value,
    "code_too_long": _of_kind(
        _(
            "{value} has {length} characters; the code of a {kind} has {longest} at most. Shorten it in payroll."
        )
    ),
    "name_too_long": _of_kind(
        _(
            "{value} has {length} characters; the name of a {kind} has {longest} at most. Map it to a {kind} with a "
            "shorter name; people waiting get it at once."
        )
    ),
    "mapped_name_too_long": _of_kind(
        _(
            "The mapping gives {value} a name of {length} characters; that of a {kind} has {longest} at most. Shorten "
            "it in the mapping; people waiting get it at once."
        )
    ),
}
