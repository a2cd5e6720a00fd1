"""A plan's consequences for one person, and the reasons of its field changes, in words. Pure."""

from __future__ import annotations

from datetime import date

from schedulepop.web.templatetags.words import short_day

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
    "not_recorded": "is not known from before this run, so it stays",
}
"""Why an undo leaves a field as it is."""


def why_words(why: str | None, name: str) -> str:
    """The reason of a field's change as a sentence; nothing where "payroll says so" is all there is to say."""
    if not why or why == "payroll":
        return ""
    if why == "dates":
        return "By the dates payroll gives." if name == "status" else "Payroll gives this as the last day."
    if why == "override":
        return "Held against payroll: an override puts this value back."
    if why == "missing":
        return "No record in the last payroll files carries this person’s payroll ID."
    if why == "missing here":
        return "The last payroll files name this person at other locations only."
    if why.startswith("local edit by "):
        edit = why.removeprefix("local edit by ").removesuffix(" overwritten")
        who, _, when = edit.rpartition(" on ")
        try:
            when = short_day(date.fromisoformat(when))
        except ValueError:
            return f"Replaces the edit by {edit}."
        return f"Replaces what {who} entered on {when}."
    return why
