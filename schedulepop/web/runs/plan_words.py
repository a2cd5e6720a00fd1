"""A plan's consequences for one person, and the reasons of its field changes, in words. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from schedulepop.web.templatetags.words import short_day
from schedulepop.wording import reasons

DONE_VERBS = {
    "create": "Added",
    "update": "Changed",
    "deactivate": "Ended",
    "reactivate": "Back",
    "transfer": "Moved",
}
PLANNED_VERBS = {
    "create": "joins",
    "update": "changes",
    "deactivate": "loses sign-in",
    "reactivate": "comes back",
    "transfer": "moves",
}
UNDO_CONFLICTS = {
    "changed": "was changed since, so it stays",
    "stays": "was empty before and cannot be taken away, so it stays",
    "closed": "stays as it is, since the location was closed since",
    "not_recorded": "is not known from before this run, so it stays",
}
"""Why an undo leaves a field as it is."""


def why_words(row: Mapping[str, Any]) -> str:
    """The reason of a field's change as a sentence; nothing where "payroll says so" is all there is to say."""
    why = row["why"]
    if not why or why == "payroll":
        return ""
    if why == "dates":
        return (
            "By the dates payroll gives."
            if row["field"] == "status"
            else "Payroll gives this as the last day."
        )
    if why == "override":
        return "Held against payroll: an override puts this value back."
    if why == "missing":
        return "No record in the last payroll files carries this person’s payroll ID."
    if why == "missing_here":
        return "The last payroll files name this person at other locations only."
    if why == "local_edit":
        edit = json.loads(row["params"])
        return f"Replaces what {edit['editor']} entered on {short_day(date.fromisoformat(edit['on']))}."
    return reasons.why(why, row["params"]) or ""
