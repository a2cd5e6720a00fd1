"""The closed list of answers to "where is my person?", and whose the next step is; `wording.whereis` says them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Whose = Literal["nobody", "manager", "admin", "payroll", "client_success"]
Leads = Literal["", "profile", "issue", "question", "run", "add_here", "add_user", "integration"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One kind of answer. `whose` says who can take the step, `leads` where its button leads."""

    code: str
    whose: Whose
    leads: Leads = ""
    waits: bool = False  # whether the person stands before the list


_ALL = (
    # Waiting: payroll has the person, and something stopped the record
    Outcome("found_elsewhere", "manager", "question", waits=True),
    Outcome("question", "admin", "question", waits=True),
    Outcome("id_in_doubt", "payroll", "issue", waits=True),
    Outcome("unmapped_location", "client_success", "issue", waits=True),
    Outcome("no_location", "payroll", "issue", waits=True),
    Outcome("unmapped_status", "client_success", "issue", waits=True),
    Outcome("status_unread", "client_success", "issue", waits=True),
    Outcome("last_day_unread", "client_success", "issue", waits=True),
    Outcome("no_name", "payroll", "issue", waits=True),
    Outcome("rejected", "payroll", "issue", waits=True),
    Outcome("held_create", "admin", "run", waits=True),
    Outcome("undone", "admin", "issue", waits=True),
    Outcome("run_held", "admin", "run", waits=True),
    Outcome("discarded", "admin", "run", waits=True),
    Outcome("first_sync", "client_success", "run", waits=True),
    Outcome("excluded_rule", "client_success", "integration", waits=True),
    Outcome("already_left", "payroll", "", waits=True),
    # On the list
    Outcome("blocked", "manager", "profile"),
    Outcome("no_email", "manager", "profile"),
    Outcome("letter_failed", "manager", "profile"),
    Outcome("waits_for_mapping", "client_success", "issue"),
    Outcome("missing", "payroll", "profile"),
    Outcome("missing_here", "payroll", "profile"),
    Outcome("upcoming", "nobody", "profile"),
    Outcome("on_list", "nobody", "profile"),
    Outcome("taken_back", "payroll", "profile"),
    Outcome("no_longer_named", "payroll", "profile"),
    Outcome("never_started", "payroll", "profile"),
    Outcome("left", "payroll", "profile"),
    Outcome("on_another_list", "manager", "add_here"),
    Outcome("elsewhere", "admin"),
    # Nowhere
    Outcome("say_more", "nobody"),
    Outcome("not_in_feed", "payroll", "add_user"),
    Outcome("feed_old", "client_success", "integration"),
    Outcome("run_failed", "client_success", "run"),
    Outcome("nobody_held", "admin", "run"),
    Outcome("not_yet", "client_success", "integration"),
    Outcome("not_connected", "client_success", "integration"),
)

OUTCOMES: dict[str, Outcome] = {one.code: one for one in _ALL}
PRECEDENCE: dict[str, int] = {one.code: position for position, one in enumerate(_ALL)}
"""What needs somebody first: of two people who fit alike, the one who waits is answered first."""

MAY_TAKE: dict[Whose, frozenset[str]] = {
    "nobody": frozenset({"manager", "admin", "client_success"}),
    "manager": frozenset({"manager", "admin", "client_success"}),
    "admin": frozenset({"admin", "client_success"}),
    "payroll": frozenset({"admin"}),
    "client_success": frozenset({"client_success"}),
}
"""Whose step → the roles that can take it."""

CODES_OF_ADMINS = frozenset(
    {
        "unmapped_location",
        "unmapped_status",
        "status_unread",
        "last_day_unread",
        "waits_for_mapping",
        "excluded_rule",
    }
)
"""Mapping is Client Success's work, and an admin may do it too (SPEC §3)."""

SAID_TO_WHO_CAN = frozenset({"waits_for_mapping", "missing", "nobody_held"})
"""Without a waiting record, and yet the step is said to whoever can take it: to others it is told as theirs."""


def may_take(outcome: Outcome, role: str) -> bool:
    """Whether somebody of this role can take the step themselves."""
    return role in MAY_TAKE[outcome.whose] or (outcome.code in CODES_OF_ADMINS and role == "admin")
