"""One person's history, overrides and local edits, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from schedulepop.directory import account_state
from schedulepop.directory.account_state import AccountState
from schedulepop.directory.models import Duty, Zone
from schedulepop.sync.models import FieldOverride
from schedulepop.web.shell.words import field_label, value_words
from schedulepop.web.templatetags.words import day
from schedulepop.web.users.synced_fields import SyncedField

AUDIT_VERBS = {
    "agreed_to_address": ("check", "Old address agreed to the new one"),
    "failed_sign_in": ("alert", "Sign-in failed"),
    "refused": ("ban", "Asked for something not theirs"),
    "exported": ("copy", "Took a file away"),
    "signed_in": ("lock", "Signed in"),
    "made_recovery_codes": ("lock", "New recovery codes made"),
    "reset_second_factor": ("lock", "Two-step sign-in reset"),
    "turned_off_second_factor": ("lock", "Two-step sign-in turned off"),
    "turned_on_second_factor": ("lock", "Two-step sign-in turned on"),
    "used_recovery_code": ("lock", "Signed in with a recovery code"),
    "vouched_for": ("users", "A first person vouched for a new link"),
    "added": ("user-plus", "Added by hand"),
    "added_extra_duty": ("plus", "Extra duty added"),
    "added_extra_zone": ("plus", "Extra zone added"),
    "added_here": ("user-plus", "Added to this location"),
    "blocked_access": ("ban", "Access blocked"),
    "confirmed_address": ("check", "Email address confirmed"),
    "ended_sessions": ("lock", "Signed out everywhere"),
    "kept_extras": ("check", "Extras from before kept"),
    "let_see_pay": ("users", "Pay: who may see it changed"),
    "merged": ("users", "Merged with another account of the same person"),
    "merged_away": ("users", "Merged into another account of the same person"),
    "opened_link": ("check", "Set-up link opened"),
    "printed_sheet": ("copy", "Set-up sheet printed"),
    "removed_extra_duty": ("x", "Extra duty removed"),
    "removed_extras": ("x", "Extras from before removed"),
    "removed_extra_zone": ("x", "Extra zone removed"),
    "changed_password": ("lock", "Password changed"),
    "reset_password": ("lock", "New password chosen"),
    "sent_again": ("mail", "Email sent again"),
    "sent_invitation": ("mail", "Invitation sent"),
    "set_labor_code": ("sliders", "CMS labor code set with the duty"),
    "set_role": ("users", "Role changed"),
    "set_up_account": ("check", "Account set up"),
    "unmerged": ("undo", "A merge was taken back"),
    "unblocked_access": ("check", "Access allowed again"),
}
"""Audit verbs that have a sentence of their own; `edited` names its fields."""
QUIET_DETAIL = frozenset(
    {
        *(
            "set_up_account",
            "sent_again",
            "sent_invitation",
            "let_see_pay",
            "added",
            "opened_link",
            "printed_sheet",
        )
    }
    | {"vouched_for"}
)


SET_UP = {
    "": "",
    AccountState.NO_INVITATION: "No invitation",
    AccountState.INVITED: "Invited",
    AccountState.OPENED: "Link opened",
    AccountState.DONE: "Set up",
}
"""How far an account is."""
SET_UP_FILTERS = {
    account_state.NOT_DONE: "Not set up",
    AccountState.NO_INVITATION: "No invitation",
    AccountState.INVITED: "Invited",
    AccountState.OPENED: "Link opened",
    account_state.LATE: "Invited 3 days ago, not set up",
    AccountState.DONE: "Set up",
}
LETTERS = {
    "welcome": "Welcome email sent",
    "welcome_back": "“Welcome back” sent",
    "set_up": "Set-up link sent",
    "reset": "Password link sent",
    "moved_address": "Told the old address about the new one",
    "confirm_address": "Asked the new address to confirm",
    "second_factor_off": "Told that two-step sign-in is off",
    "overwritten": "Told what payroll replaced",
    "alarm": "Told that changes wait",
    "digest": "Daily issues sent",
    "late": "Told that the User List is old",
    "upload_reminder": "Reminded to upload a file",
    "source_trouble": "Told about the payroll source",
}


@dataclass(frozen=True, slots=True)
class OverrideLine:
    """One value that stands against payroll, in words."""

    override: FieldOverride
    label: str
    value: str  # of an override; what an undo keeps out is not said again
    why: str


def override_line(override: FieldOverride, *, sees_pay: bool) -> OverrideLine:
    """As a reader may know it."""
    label = field_label(override.field)
    if override.kind == FieldOverride.Kind.PIN:
        number = override.run.undo_of.number if override.run and override.run.undo_of else None
        return OverrideLine(override, label, "", f"Run {number} was undone" if number else "A run was undone")
    return OverrideLine(override, label, _value(override, sees_pay), override.reason)


def _value(override: FieldOverride, sees_pay: bool) -> str:
    model: Any = {"duty": Duty, "zone": Zone}.get(override.field)
    if model is not None:
        part = model._default_manager.filter(pk=int(override.value or 0)).first()
        return part.name if part else "blank"
    value = override.value
    if override.field == "pay_rate" and value:
        value = f"{int(value) / 10_000:.4f}".rstrip("0").rstrip(".")
    return value_words(override.field, value or None, sees_pay=sees_pay)


def with_override_notes(
    found: list[SyncedField], overrides: Mapping[str, FieldOverride]
) -> list[SyncedField]:
    """Fields that are held say so, in place of what tonight's sync would do with them."""
    return [_noted(field, overrides[field.name]) if field.name in overrides else field for field in found]


def _noted(field: SyncedField, override: FieldOverride) -> SyncedField:
    if override.kind == FieldOverride.Kind.PIN:
        undone = override.run.undo_of if override.run else None
        note = "Stays as it is while payroll sends the value that was undone."
        if undone is not None:
            note += f" {override.by} took run {undone.number} back."
    else:
        note = f"Held against payroll until {day(override.until)}: {override.reason}. Set by {override.by}."
    return replace(field, differs=False, note=note, held=True)


def edit_note(payroll: str, *, when: str) -> str:
    """What becomes of a local edit. `payroll`: what payroll has; `when`: the next sync in words, "" while none runs."""
    if when:
        return f"Payroll has {payroll}, and {when} will put it back."
    return f"Payroll has {payroll}. The sync is not running now; it puts payroll’s value back once it does."
