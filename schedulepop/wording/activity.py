"""What the audit trail holds, as sentences that begin with who did it: verb and subject in, words out."""

from __future__ import annotations

from collections.abc import Sequence

from schedulepop.wording.lists import listing
from schedulepop.wording.translation import gettext
from schedulepop.wording.translation import gettext_noop as _

DOORS = {
    "web": _("Web"),
    "cli": _("Command line"),
    "job": _("Job"),
    "payroll": _("Payroll"),
}
"""The doors as a reader knows them; `door_of` says which of them an entry came by."""

KINDS = {
    "people": _("People"),
    "access": _("Sign-in and access"),
    "runs": _("Runs"),
    "integrations": _("Integrations"),
    "places": _("Organization and locations"),
    "files": _("Files taken out"),
}
"""What an entry is about, as one filters for it."""

ACCESS = frozenset(
    {
        "agreed_to_address",
        "blocked_access",
        "changed_password",
        "confirmed_address",
        "ended_grant",
        "ended_sessions",
        "failed_sign_in",
        "granted",
        "let_see_pay",
        "made_recovery_codes",
        "opened_link",
        "printed_sheet",
        "refused",
        "reset_password",
        "reset_second_factor",
        "sent_again",
        "sent_invitation",
        "set_role",
        "set_up_account",
        "signed_in",
        "turned_off_second_factor",
        "turned_on_second_factor",
        "unblocked_access",
        "used_recovery_code",
        "vouched_for",
    }
)
"""Verbs of the kind `access`, whatever they are about."""
FILES = frozenset({"exported", "exported_employees", "exported_person"})
SUBJECTS = {
    "people": ("user", "membership", "keep", "answer", "message"),
    "runs": ("run", "issue", "question"),
    "integrations": ("integration",),
    "places": ("organization", "location", "duty", "zone", "database", "mail"),
}
"""Kind → the subjects of its entries, where the verb does not decide."""

_SENTENCES = {
    "activated": _("activated {thing}"),
    "added": _("added {thing}"),
    "added_extra_duty": _("gave {thing} an extra duty"),
    "added_extra_zone": _("gave {thing} an extra zone"),
    "added_membership": _("added {thing} to a location"),
    "added_user": _("added {thing} by hand"),
    "agreed_to_address": _("agreed to the new address of {thing}"),
    "answered": _("said who {thing} is"),
    "approved": _("approved {thing}"),
    "asked": _("asked about {thing}"),
    "blocked_access": _("blocked the access of {thing}"),
    "changed_password": _("changed their password"),
    "closed": _("closed {thing}"),
    "configured": _("changed the connection of {thing}"),
    "confirmed_address": _("confirmed their email address"),
    "create": _("added {thing}"),
    "deferred": _("kept {thing} apart"),
    "ended_deferral": _("had {thing} asked about again"),
    "crosswalk": _("took over new payroll IDs for {thing}"),
    "deactivate": _("ended the sign-in of {thing}"),
    "different_people": _("said that {thing} is two people"),
    "discarded": _("discarded {thing}"),
    "edited": _("changed {thing}"),
    "ended_sessions": _("signed {thing} out everywhere"),
    "expired": _("let history of {thing} go that was past its time"),
    "exported": _("took a file away"),
    "exported_employees": _("took the employee section of {thing} away"),
    "erased": _("asked for the erasure of somebody"),
    "exported_person": _("took away all that is held on {thing}"),
    "failed_sign_in": _("failed to sign in as {thing}"),
    "forgot_files": _("dropped the files that had come for {thing}"),
    "ended_grant": _("took a right back from {thing}"),
    "granted": _("gave {thing} a right"),
    "held": _("put changes of {thing} on hold"),
    "kept_extras": _("kept the extras that {thing} had before"),
    "leave": _("ended the place that {thing} moved away from"),
    "let_see_pay": _("changed whether {thing} may see pay"),
    "limited": _("changed the limits of {thing}"),
    "made_recovery_codes": _("made new recovery codes"),
    "mapped": _("changed the mapping of {thing}"),
    "mapped_code": _("mapped a payroll code to {thing}"),
    "merged": _("merged two accounts into {thing}"),
    "merged_part": _("merged another one into {thing}"),
    "merged_away": _("merged {thing} into another account of the same person"),
    "opened_link": _("opened a link of {thing}"),
    "overrode": _("held a value of {thing} against payroll"),
    "paused": _("paused {thing}"),
    "pay_forgotten": _("switched pay off for {thing}, and what was kept of it is gone"),
    "printed_sheet": _("printed a set-up sheet for {thing}"),
    "reactivate": _("brought {thing} back"),
    "refused": _("asked for something that is not theirs"),
    "reopened": _("reopened {thing}"),
    "released": _("let payroll speak for {thing} again"),
    "removed_extra_duty": _("took an extra duty from {thing}"),
    "removed_extra_zone": _("took an extra zone from {thing}"),
    "removed_extras": _("removed the extras that {thing} had before"),
    "renamed": _("renamed {thing}"),
    "requested": _("started {thing}"),
    "reset_password": _("chose a new password"),
    "reset_second_factor": _("reset the two-step sign-in of {thing}"),
    "restored": _("restored the database from a backup"),
    "retired": _("retired {thing}"),
    "sent_again": _("sent an email to {thing} again"),
    "sent_invitation": _("sent {thing} an invitation"),
    "set_labor_code": _("set the CMS labor code of {thing}"),
    "set_role": _("changed the role of {thing}"),
    "set_up_account": _("set up their account"),
    "signed_in": _("signed in"),
    "started_all_mail": _("switched the email of all customers on again"),
    "started_mail": _("switched email on again"),
    "stopped_all_mail": _("stopped the email of all customers"),
    "stopped_mail": _("stopped all email"),
    "stored_secrets": _("stored new credentials of {thing}"),
    "switched_off": _("switched {thing} off"),
    "tested": _("tested the connection of {thing}"),
    "transfer": _("moved {thing} to another location"),
    "turned_off_second_factor": _("turned two-step sign-in off"),
    "turned_on_second_factor": _("turned two-step sign-in on"),
    "unblocked_access": _("allowed {thing} in again"),
    "undid": _("undid {thing}"),
    "unmapped_code": _("took a payroll code from {thing}"),
    "unmerged": _("took the merge of {thing} back"),
    "unmerged_part": _("took a merge into {thing} back"),
    "update": _("changed {thing}"),
    "used_recovery_code": _("signed in with a recovery code"),
    "vouched_for": _("vouched for a new link of {thing}"),
    "withdrew": _("took back the answer about {thing}"),
}
_OF_A_RUN = {
    "released": _("released somebody from the hold of {thing}"),
    "deferred": _("kept somebody of {thing} apart"),
}
_THINGS = {
    "run": _("run {name}"),
    "integration": _("the integration {name}"),
    "duty": _("the duty {name}"),
    "zone": _("the zone {name}"),
    "location": _("the location {name}"),
    "issue": _("an issue"),
    "question": _("a question"),
    "database": _("the database"),
}
VERBS = frozenset(_SENTENCES)
"""Verbs that have a sentence; another one is said as it is."""


def did(verb: str, subject: str, name: str, labels: Sequence[str] = ()) -> str:
    """What somebody did, without who: `changed phone of Ines Calloway`.

    `name`: of the person, run, integration or place; "" where it is gone. `labels`: the fields of an edit, in words.
    """
    thing = _thing(subject, name)
    if verb == "edited" and labels:
        return gettext("changed {fields} of {thing}").format(fields=listing(labels), thing=thing)
    sentences = _OF_A_RUN if subject == "run" and verb in _OF_A_RUN else _SENTENCES
    if verb not in sentences:
        return gettext("{verb}: {thing}").format(verb=verb.replace("_", " "), thing=thing)
    return gettext(sentences[verb]).format(thing=thing)


def _thing(subject: str, name: str) -> str:
    if subject in _THINGS and (name or subject in ("issue", "question", "database")):
        return gettext(_THINGS[subject]).format(name=name)
    return name or gettext("somebody or something that is gone")


def door_of(door: str, by: str) -> str:
    """Which of DOORS an entry came by. `by` of the machine: `sync run N`, `schedule`, `dates`, `payroll's job`."""
    if door == "sync":
        return "payroll" if by.startswith(("sync run", "payroll")) else "job"
    return "payroll" if door == "api" else door


def author(by: str) -> str:
    """Who it was, as a reader knows them."""
    known = {
        "schedule": gettext("The schedule"),
        "dates": gettext("A day that had come"),
        "payroll's job": gettext("Payroll’s own job"),
    }
    if by.startswith("cli:"):
        return gettext("The operator ({name})").format(name=by.removeprefix("cli:"))
    if by.startswith("sync run "):
        return gettext("Payroll, by run {number}").format(number=by.removeprefix("sync run "))
    return known.get(by, by)
