"""The closed list of issue codes and who can fix each (SPEC §2 Issue); what is said of them is `wording.issues`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fixer = Literal["payroll", "manager", "admin", "client_success"]


@dataclass(frozen=True, slots=True)
class IssueCode:
    """One kind of issue. `blocks` says whether the person or record waits until it is solved.

    `settled`: the finding depends on nothing but the record's own text, the rules (mapping, code maps, policy) and
    days the record wakes on. It stays true while none of these change, so a record may be passed over with it.
    """

    code: str
    fixer: Fixer
    blocks: bool = False
    severity: Literal["info", "warn", "hold"] = "warn"
    settled: bool = False


_ALL = (
    # The feed as a whole
    IssueCode("feed_unreadable", "payroll", True, "hold"),
    IssueCode("feed_empty", "payroll", True, "hold"),
    IssueCode("page_missing", "payroll", True, "hold"),
    IssueCode("column_gone", "client_success", True, "hold"),
    IssueCode("id_column_missing", "client_success", True, "hold"),
    IssueCode("column_blank", "payroll", True, "hold"),
    IssueCode("repeated_header", "payroll"),
    IssueCode("ragged_row", "payroll", True),
    IssueCode("bad_characters", "payroll"),
    IssueCode("encoding_doubted", "payroll"),
    IssueCode("encoding_twice", "payroll", False, "info"),
    IssueCode("header_not_first", "payroll", False, "info"),
    IssueCode("rows_unusual", "payroll"),
    # The record
    IssueCode("id_blank", "payroll", True),
    IssueCode("id_scientific", "payroll", True),
    IssueCode("id_invalid", "payroll", True),
    IssueCode("id_like_ssn", "payroll", settled=True),
    IssueCode("name_missing", "payroll", True),
    IssueCode("letters_damaged", "payroll"),
    IssueCode("one_name", "payroll", False, "info"),
    IssueCode("email_unreadable", "payroll", settled=True),
    IssueCode("email_placeholder", "payroll", settled=True),
    IssueCode("email_shared", "payroll"),
    IssueCode("needs_contact", "manager", settled=True),
    IssueCode("email_returned", "manager"),  # of no feed: opened by the mail that came back
    IssueCode("phone_unreadable", "payroll", settled=True),
    IssueCode("date_unreadable", "payroll", settled=True),
    IssueCode("date_format_unknown", "client_success"),
    IssueCode("dates_contradict", "payroll", settled=True),
    IssueCode("status_contradicts", "payroll", settled=True),
    IssueCode("status_says_hours", "payroll"),
    IssueCode("pay_unreadable", "payroll", settled=True),
    IssueCode("pay_unit_missing", "client_success", settled=True),
    IssueCode("pay_currency_differs", "payroll", settled=True),
    IssueCode("several_rates", "payroll"),
    IssueCode("pay_waits", "client_success"),
    IssueCode("pay_jump", "admin", False, "info"),
    IssueCode("cms_unreadable", "payroll", settled=True),
    IssueCode("text_too_long", "payroll", settled=True),
    IssueCode("cms_contradicts", "admin"),
    IssueCode("cms_unmapped", "admin", False, "info"),
    # Codes
    IssueCode("unmapped_location", "client_success", True),
    IssueCode("unmapped_duty", "client_success", settled=True),
    IssueCode("unmapped_zone", "client_success", settled=True),
    IssueCode("unmapped_status", "client_success", True),
    IssueCode("status_unread", "client_success", True, "hold"),
    IssueCode("last_day_unread", "client_success", True),
    # The person
    IssueCode("several_records", "payroll", True),
    IssueCode("contradictory_records", "payroll", True),
    IssueCode("found_elsewhere", "manager", True),
    IssueCode("matched_by_email", "client_success", False, "info"),
    IssueCode("possible_match", "admin", True),
    IssueCode("ambiguous", "admin", True),
    IssueCode("id_changed", "admin", True),
    IssueCode("recycled_id", "admin", True),
    IssueCode("missing_person", "payroll"),
    # What people decided against payroll
    IssueCode("overridden", "admin", False, "info"),
    IssueCode("undone", "admin"),
    IssueCode("erased", "payroll", False, "info"),
    # The guard
    IssueCode("on_hold", "admin", True, "hold"),
)

CODES: dict[str, IssueCode] = {item.code: item for item in _ALL}

SAID_FIRST = ("id_column_missing", "status_unread")
"""Codes that come before all others: a first sync is not approved until they are answered (SPEC §5 Match)."""

SETTLED = frozenset(item.code for item in _ALL if item.settled)
"""Codes whose findings are carried from run to run with a record that is passed over (ADR 0004)."""

LEAVES_NOBODY_WRONG = frozenset(
    {
        *(item.code for item in _ALL if item.severity == "info"),
        *("repeated_header", "rows_unusual", "id_like_ssn", "email_shared", "needs_contact", "several_rates"),
        "email_returned",
        "on_hold",  # counted as people on hold
    }
)
LEAVES_WRONG = frozenset(CODES) - LEAVES_NOBODY_WRONG
"""Codes of issues that leave somebody off the list, or on it with something else than payroll has or meant."""
