"""Why a field changed, in the words of `--json`, cases and lists; pages have longer ones of their own."""

from __future__ import annotations

import json
from typing import Any

from schedulepop.wording.translation import gettext
from schedulepop.wording.translation import gettext_noop as _

WHY = {
    "payroll": _("payroll"),
    "dates": _("dates"),
    "override": _("override"),
    "missing": _("missing"),
    "missing_here": _("missing here"),
    "still_managers": _("stays the manager's"),
    "local_edit": _("local edit by {editor} on {on} overwritten"),
    "undo": _("undo of run {run}"),
}
"""Words of every reason the plan gives (`sync.plan.reasons.FIELD_REASONS`)."""


def why(code: str | None, params: str | dict[str, Any] | None) -> str | None:
    """The reason in a few words. `params`: what it declares, as JSON or read already."""
    if code is None:
        return None
    known = json.loads(params) if isinstance(params, str) else params or {}
    return gettext(WHY[code]).format(**known)


def field_change(item: dict[str, Any]) -> dict[str, Any]:
    """A field's change as `--json` shows it: field, old, new and why, in words."""
    return {
        **{name: item[name] for name in ("field", "old", "new")},
        "why": why(item["why"], item.get("params")),
    }
