"""The closed list of answers to "where is my person?": one sentence, one next step, and whose step it is (SPEC §1.5).

Sentences name only what the reader may read: `{name}` is the person's name where the reader looks after the
location concerned, else "Somebody of that name".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Whose = Literal["nobody", "manager", "admin", "payroll", "client_success"]
Leads = Literal["", "profile", "issue", "question", "run", "add_here", "add_user", "integration"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One kind of answer. `whose` says who can take the step, `leads` where its button leads."""

    code: str
    sentence: str
    step: str
    whose: Whose
    leads: Leads = ""
    here: str = ""  # the step of the timeline at which the person stands


_ALL = (
    # Waiting: payroll has the person, and something stopped the record
    Outcome(
        "found_elsewhere",
        "{name} already exists at another location, so payroll’s record for {place} waits for an answer.",
        "Say whether it is the same person: add here, transfer, or different person. No second account is made.",
        "manager",
        "question",
        "Waiting for an answer",
    ),
    Outcome(
        "question",
        "{name} resembles somebody who is on the list already, so payroll’s record waits for an answer.",
        "Say whether it is the same person. No second account is made.",
        "admin",
        "question",
        "Waiting for an answer",
    ),
    Outcome(
        "id_in_doubt",
        "{name} cannot be added yet, because payroll’s records contradict each other: {why}",
        "Correct it in payroll; the next sync looks again.",
        "payroll",
        "issue",
        "Waiting for payroll",
    ),
    Outcome(
        "unmapped_location",
        "{name} is in payroll under a location{code} that is not set up yet.",
        "Map the code to a location; the person appears at once.",
        "client_success",
        "issue",
        "Waiting for a location",
    ),
    Outcome(
        "no_location",
        "{name} is in payroll without a location.",
        "Enter the location in payroll; the next sync adds the person.",
        "payroll",
        "issue",
        "Waiting for a location",
    ),
    Outcome(
        "unmapped_status",
        "{name} is in payroll with a status{code} that is not set up yet, so nobody was added.",
        "Map the word to a status; the person appears at once.",
        "client_success",
        "issue",
        "Waiting for a status",
    ),
    Outcome(
        "no_name",
        "{name} has no usable name in payroll, so nobody was added.",
        "Enter first and last name in payroll; the next sync adds the person.",
        "payroll",
        "issue",
        "Waiting for a name",
    ),
    Outcome(
        "rejected",
        "{name} is in row {row} of the payroll file, which cannot be used: {why}",
        "Correct it in payroll; the next sync adds the person.",
        "payroll",
        "issue",
        "Row not usable",
    ),
    Outcome(
        "held_create",
        "{name} is new in payroll for {place} and waits for an approval: {why}",
        "Look at the run, then approve or discard it.",
        "admin",
        "run",
        "Waiting for an approval",
    ),
    Outcome(
        "run_held",
        "{name} is in the payroll file of {at}, and that whole file is on hold: {why}",
        "Look at the run, then approve or discard it; a better file from payroll replaces the hold by itself.",
        "admin",
        "run",
        "Waiting for an approval",
    ),
    Outcome(
        "discarded",
        "{name} is in the payroll file of {at} and was on hold, and {who} discarded that plan.",
        "Tonight’s sync looks at it anew; if payroll is right, sync now and approve what waits.",
        "admin",
        "run",
        "Discarded",
    ),
    Outcome(
        "first_sync",
        "{name} is in the payroll file, and the first sync has not been approved yet.",
        "Client Success approves the first sync; then everybody appears at once.",
        "client_success",
        "run",
        "Waiting for the first sync",
    ),
    Outcome(
        "excluded_rule",
        "{name} is in payroll and left out by the rule “{rule}”.",
        "If the rule should not name this person, change it in the mapping.",
        "client_success",
        "integration",
        "Left out",
    ),
    Outcome(
        "already_left",
        "{name} is in payroll as somebody who has left, so nobody was added.",
        "If that is wrong, correct the status or the last day in payroll.",
        "payroll",
        "",
        "Left out",
    ),
    # On the list
    Outcome(
        "blocked",
        "{name} is on the list of {place}, and access is blocked.",
        "The profile says by whom and why; unblock it there.",
        "manager",
        "profile",
    ),
    Outcome(
        "no_email",
        "{name} is on the list of {place} and has no email address, so no welcome email went out.",
        "Print a code on the profile and hand it over, or have the email entered in payroll.",
        "manager",
        "profile",
    ),
    Outcome(
        "letter_failed",
        "{name} is on the list of {place}, and the welcome email {letter}.",
        "Check the address on the profile and send it again.",
        "manager",
        "profile",
    ),
    Outcome(
        "waits_for_mapping",
        "{name} is on the list of {place}, still without the {kind} that payroll calls “{code}”.",
        "Map the code; the {kind} is filled in at once.",
        "client_success",
        "issue",
    ),
    Outcome(
        "missing",
        "{name} is on the list of {place}, and payroll’s files have not named the person since {day}.",
        "If they left, enter it in payroll; if not, check the export’s filters.",
        "payroll",
        "profile",
    ),
    Outcome(
        "missing_here",
        "{name} is on the list of {place}, and payroll’s files have named the person only at "
        "{other} since {day}.",
        "If they still work at {place}, have payroll enter them for it again; if not, their place on "
        "that list ends by itself.",
        "payroll",
        "profile",
    ),
    Outcome(
        "upcoming",
        "{name} is on the list of {place} already and starts{day}.",
        "Nothing to do: the status becomes active on the first day.",
        "nobody",
        "profile",
    ),
    Outcome("on_list", "{name} is on the list of {place}{status}.", "Open the profile.", "nobody", "profile"),
    Outcome(
        "left",
        "{name} was at {place} and has left{day}.",
        "If they come back, the rehire is entered in payroll and the same account is revived.",
        "payroll",
        "profile",
    ),
    Outcome(
        "on_another_list",
        "{name} is on the list of {other}, not of {place}.",
        "Add the person here: one sign-in, no second account.",
        "manager",
        "add_here",
    ),
    Outcome(
        "elsewhere",
        "{name} already exists at another location of {organization}.",
        "Have payroll enter the person for your location too, or ask for the person to be added here. Please do not "
        "add anybody by hand: that makes two of them.",
        "admin",
    ),
    # Nowhere
    Outcome(
        "say_more",
        "Nobody at {place} fits “{text}”.",
        "Type first and last name, or the whole email address, phone "
        "number or ID: then the payroll file and the other locations are searched, too.",
        "nobody",
    ),
    Outcome(
        "not_in_feed",
        "{name} is in the last payroll file, of {at}.",
        "If the person was entered since, look again after tonight’s sync; if not, have payroll enter the person. "
        "Please do not add anybody by hand who is in payroll.",
        "payroll",
        "add_user",
    ),
    Outcome(
        "feed_old",
        "{name} is in the last payroll file, and that file is old: of {at}.",
        "Whoever was entered since then appears once payroll’s file arrives again.",
        "client_success",
        "integration",
    ),
    Outcome(
        "run_failed",
        "{name} is in the last file that could be read, of {at}; the newest sync failed: {why}",
        "Whoever was entered since then appears with the next sync that works.",
        "client_success",
        "run",
    ),
    Outcome(
        "nobody_held",
        "{name} is on the list, and the payroll file of {at} is on hold as a whole: {why}",
        "Look at the run, then approve or discard it.",
        "admin",
        "run",
    ),
    Outcome(
        "not_yet",
        "{name} is on the list, and the first sync has not been approved yet.",
        "Client Success approves the first sync; then everybody in payroll appears at once.",
        "client_success",
        "integration",
    ),
    Outcome(
        "not_connected",
        "{name} is on the list, and no payroll is connected yet.",
        "Client Success connects payroll; until then nobody appears by themselves.",
        "client_success",
        "integration",
    ),
)

OUTCOMES: dict[str, Outcome] = {one.code: one for one in _ALL}
WEIGHT: dict[str, int] = {one.code: position for position, one in enumerate(_ALL)}
"""What needs somebody first: of two people who fit alike, the one who waits is answered first."""

TAKES: dict[Whose, frozenset[str]] = {
    "nobody": frozenset({"manager", "admin", "client_success"}),
    "manager": frozenset({"manager", "admin", "client_success"}),
    "admin": frozenset({"admin", "client_success"}),
    "payroll": frozenset({"admin"}),
    "client_success": frozenset({"client_success"}),
}
"""Whose step → the roles that can take it."""

CODES_OF_ADMINS = frozenset({"unmapped_location", "unmapped_status", "waits_for_mapping", "excluded_rule"})
"""Mapping is Client Success's work, and an admin may do it too (SPEC §3)."""


def takes(outcome: Outcome, role: str) -> bool:
    """Whether somebody of this role can take the step themselves."""
    return role in TAKES[outcome.whose] or (outcome.code in CODES_OF_ADMINS and role == "admin")
