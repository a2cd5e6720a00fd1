"""The set-up of an integration in words: states, steps, columns, limits, and what a changed mapping does."""

from __future__ import annotations

import re

from schedulepop.lib.date_formats import DAY_NUMBERS, FORMATS
from schedulepop.wording.spoken import number
from schedulepop.wording.translation import ngettext

STATE_BADGES: dict[str, tuple[str, str]] = {
    "draft": ("info", "Setting up"),
    "tested": ("info", "Setting up"),
    "previewed": ("info", "Previewed"),
    "first_applied": ("info", "First sync done"),
    "active": ("ok", "Active"),
    "paused": ("warn", "Paused"),
    "quarantined": ("warn", "Source trouble"),
    "disabled": ("risk", "Switched off"),
    "retired": ("", "Retired"),
}
STEP_WORDS = {
    "connection": "Connection",
    "file": "File",
    "columns": "Columns",
    "codes": "Codes",
    "preview": "Preview",
    "approve": "Approve",
    "activate": "Activate",
}
NEXT_WORDS = {
    "connection": "Enter the credentials",
    "file": "Read payroll for the first time",
    "columns": "Say which column is which",
    "codes": "Say what payroll’s codes mean",
    "preview": "Preview the first sync",
    "approve": "Look at the preview and approve it",
    "activate": "Switch on the daily sync",
}
"""What is to be done at a step."""
DROPPED_WHY = {
    "birth date": "Birth dates are never kept.",
    "SSN": "Social Security and tax numbers are never kept.",
    "bank data": "Bank data is never kept.",
    "identity document": "Numbers of licenses and identity documents are never kept.",
    "health data": "Health data is never kept.",
    "personal data": "Personal data that no schedule needs is never kept.",
    "free text": "Notes are never kept: anything may stand in them.",
    "home address": "Home addresses are never kept.",
    "pay": "Pay is switched off for this integration.",
}
_DATE_PARTS = {
    "%m": "month",
    "%d": "day",
    "%Y": "year",
    "%y": "two-digit year",
    "%b": "month’s name",
}


def _format_words(declared: str) -> str:
    """A date format as people say it: Month/day/year."""
    if declared in DAY_NUMBERS:
        return f"Day numbers of a spreadsheet ({declared})"
    parts = re.findall("%.", declared)
    glued = "".join(parts) == declared
    words = f"{', '.join(parts)} without signs" if glued else declared
    for sign, word in _DATE_PARTS.items():
        words = words.replace(sign, word)
    return words[0].upper() + words[1:]


FORMAT_WORDS = {declared: _format_words(declared) for declared in FORMATS}
WANTED: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("Payroll ID", ("source_id",), "Without it nobody can be kept apart. Choose the column above."),
    ("Name", ("first_name+last_name|full_name",), "A record without a name waits."),
    ("Email", ("email",), "Without it no welcome email can go out; people get a printed code."),
    ("Phone", ("phone",), "The current phone stays."),
    ("Location", ("location",), "Everybody belongs to one location: choose it in the next step."),
    ("Primary duty", ("duty",), "Managers enter it by hand."),
    ("Primary zone", ("zone",), "Managers enter it by hand."),
    ("Employment status", ("status",), "The dates decide instead."),
    ("Hire date", ("hire_date|original_hire_date",), "Seniority stays blank."),
    ("CMS labor code", ("cms_code",), "It can be set once per duty."),
)
"""What SchedulePop wants from a file: its name, the fields that give it, and what its lack means."""
LIMIT_GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "leaving",
        "People who leave",
        (
            "removals_location",
            "removals_organization",
            "removals_week",
            "week_days",
            "short",
            "missing_feeds",
            "missing_days",
            "flips",
            "flip_days",
        ),
    ),
    ("joining", "People who join", ("creates_location", "ids_changed")),
    ("values", "Values that change", ("field_change", "pay_jump", "pay_absurd")),
    (
        "file",
        "The file itself",
        ("rejects", "newly_blank", "newly_blank_floor", "rows_warn", "whole_compare_below"),
    ),
)
FIGURE_WORDS = (
    ("created", "Join"),
    ("updated", "Change"),
    ("reactivated", "Come back"),
    ("transferred", "Move"),
    ("deactivated", "Lose sign-in"),
    ("removed_missing", "Lose sign-in: gone from payroll"),
    ("held", "Wait or are held"),
    ("rejected", "Cannot be used"),
    ("excluded", "Left out"),
    ("unchanged", "Stay as they are"),
)
SETTING_WORDS = {
    "default_location": "Location of everybody",
    "name_order": "Order of a full name",
    "country": "Country of phone numbers",
    "pay_unit": "Unit of pay",
    "pay_currency": "Currency of pay",
    "blank_clears": "A blank clears",
    "create_codes": "Made for unknown codes",
    "exclude": "Left out by a rule",
}


def welcome_words(days: int | None) -> str:
    """When new hires are welcomed, in a sentence."""
    if days is None:
        return "New hires are welcomed as soon as payroll shows them."
    return ngettext(
        "New hires are welcomed %s day before their first day.",
        "New hires are welcomed %s days before their first day.",
        days,
    ) % number(days)
