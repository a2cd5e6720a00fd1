"""Answers to "where is my person?": one sentence and one next step for each outcome (SPEC §1.5).

Sentences name only what the reader may read: `{name}` is the person's name where the reader looks after the
location concerned, else "Somebody of that name". `here` is where the person stands on the timeline, if they wait.
"""

from __future__ import annotations

from typing import NamedTuple

from schedulepop.wording.translation import gettext_noop as _


class OutcomeText(NamedTuple):
    """What is said, what to do, and the title of the step at which the person waits."""

    sentence: str
    step: str
    here: str = ""


TEXTS: dict[str, OutcomeText] = {
    # Waiting: payroll has the person, and something stopped the record
    "found_elsewhere": OutcomeText(
        _("{name} already exists at another location, so payroll’s record for {place} waits for an answer."),
        _(
            "Say whether it is the same person: add here, transfer, or different person. No second account is made."
        ),
        _("Waiting for an answer"),
    ),
    "question": OutcomeText(
        _("{name} resembles somebody who is on the list already, so payroll’s record waits for an answer."),
        _("Say whether it is the same person. No second account is made."),
        _("Waiting for an answer"),
    ),
    "id_in_doubt": OutcomeText(
        _("{name} cannot be added yet, because payroll’s records contradict each other: {why}"),
        _("Correct it in payroll; the next sync looks again."),
        _("Waiting for payroll"),
    ),
    "unmapped_location": OutcomeText(
        _("{name} is in payroll under a location{code} that is not set up yet."),
        _("Map the code to a location; the person appears at once."),
        _("Waiting for a location"),
    ),
    "no_location": OutcomeText(
        _("{name} is in payroll without a location."),
        _("Enter the location in payroll; the next sync adds the person."),
        _("Waiting for a location"),
    ),
    "unmapped_status": OutcomeText(
        _("{name} is in payroll with a status{code} that is not set up yet, so nobody was added."),
        _("Map the word to a status; the person appears at once."),
        _("Waiting for a status"),
    ),
    "status_unread": OutcomeText(
        _(
            "{name} is in payroll, and a column that nobody reads may say that they have left, so nobody was added."
        ),
        _("Map the column to the employment status, or say that it is none; the person appears at once."),
        _("Waiting for a status"),
    ),
    "last_day_unread": OutcomeText(
        _("{name} is in payroll with a last day{code} that cannot be read, so nobody was added."),
        _("Declare how the dates are written, or correct the day in payroll; the person appears at once."),
        _("Waiting for a date"),
    ),
    "no_name": OutcomeText(
        _("{name} has no usable name in payroll, so nobody was added."),
        _("Enter first and last name in payroll; the next sync adds the person."),
        _("Waiting for a name"),
    ),
    "rejected": OutcomeText(
        _("{name} is in row {row} of the payroll file, which cannot be used: {why}"),
        _("Correct it in payroll; the next sync adds the person."),
        _("Row not usable"),
    ),
    "held_create": OutcomeText(
        _("{name} is new in payroll for {place} and waits for an approval: {why}"),
        _("Look at the run, then approve or discard it."),
        _("Waiting for an approval"),
    ),
    "undone": OutcomeText(
        _("{name} was taken off the list of {place} again by an undo, and payroll still names the person."),
        _("Correct it in payroll; if payroll is right after all, release the value on the person’s page."),
        _("Taken back"),
    ),
    "run_held": OutcomeText(
        _("{name} is in the newest payroll file, of {at}, which is on hold and waits for HR: {why}"),
        _(
            "Look at the run, then approve or discard it; a better file from payroll replaces the hold by itself."
        ),
        _("Waiting for an approval"),
    ),
    "discarded": OutcomeText(
        _("{name} is in the payroll file of {at} and was on hold, and {who} discarded that plan."),
        _("Tonight’s sync looks at it anew; if payroll is right, sync now and approve what waits."),
        _("Discarded"),
    ),
    "first_sync": OutcomeText(
        _("{name} is in the payroll file, and the first sync has not been approved yet."),
        _("Client Success approves the first sync; then everybody appears at once."),
        _("Waiting for the first sync"),
    ),
    "excluded_rule": OutcomeText(
        _("{name} is in payroll and left out by the rule “{rule}”."),
        _("If the rule should not name this person, change it in the mapping."),
        _("Left out"),
    ),
    "already_left": OutcomeText(
        _("{name} is in payroll as somebody who has left, so nobody was added."),
        _("If that is wrong, correct the status or the last day in payroll."),
        _("Left out"),
    ),
    # On the list
    "blocked": OutcomeText(
        _("{name} is on the list of {place}, and access is blocked."),
        _("The profile says by whom and why; unblock it there."),
    ),
    "no_email": OutcomeText(
        _("{name} is on the list of {place} and has no email address, so no welcome email went out."),
        _("Print a code on the profile and hand it over, or have the email entered in payroll."),
    ),
    "letter_failed": OutcomeText(
        _("{name} is on the list of {place}, and the welcome email {letter}."),
        _("Check the address on the profile and send it again."),
    ),
    "waits_for_mapping": OutcomeText(
        _("{name} is on the list of {place}, still without the {kind} that payroll calls “{code}”."),
        _("Map the code; the {kind} is filled in at once."),
    ),
    "missing": OutcomeText(
        _("{name} is on the list of {place}, and payroll’s files have not named the person since {day}."),
        _("If they left, enter it in payroll; if not, check the export’s filters."),
    ),
    "missing_here": OutcomeText(
        _(
            "{name} is on the list of {place}, and payroll’s files have named the person only at {other} since {day}."
        ),
        _(
            "If they still work at {place}, have payroll enter them for it again; if not, their "
            "place on that list ends by itself."
        ),
    ),
    "upcoming": OutcomeText(
        _("{name} is on the list of {place} already and starts{day}."),
        _("Nothing to do: the status becomes active on the first day."),
    ),
    "on_list": OutcomeText(_("{name} is on the list of {place}{status}."), _("Open the profile.")),
    "taken_back": OutcomeText(
        _(
            "{name} was taken off the list of {place} again by an undo, and the payroll file that counts "
            "does not name the person there."
        ),
        _(
            "If they work there after all, have payroll enter the person, and release the status on the profile."
        ),
    ),
    "no_longer_named": OutcomeText(
        _("{name} was at {place}, and payroll’s files stopped naming the person, so the place ended{day}."),
        _("If they still work there, have payroll enter the person again; the same account is revived."),
    ),
    "never_started": OutcomeText(
        _("{name} was to start at {place}, and that was withdrawn before the first day."),
        _("If they start after all, it is entered in payroll and the same account is revived."),
    ),
    "left": OutcomeText(
        _("{name} was at {place} and has left{day}."),
        _("If they come back, the rehire is entered in payroll and the same account is revived."),
    ),
    "on_another_list": OutcomeText(
        _("{name} is on the list of {other}, not of {place}."),
        _("Add the person here: one sign-in, no second account."),
    ),
    "elsewhere": OutcomeText(
        _("{name} already exists at another location of {organization}."),
        _(
            "Have payroll enter the person for your location too, or ask for the person to be "
            "added here. Please do not add anybody by hand: that makes two of them."
        ),
    ),
    # Nowhere
    "say_more": OutcomeText(
        _("Nobody at {place} fits “{text}”."),
        _(
            "Type first and last name, or the whole email address, phone number or ID: then the "
            "payroll file and the other locations are searched, too."
        ),
    ),
    "not_in_feed": OutcomeText(
        _("{name} is in the last payroll file, of {at}."),
        _(
            "If the person was entered since, look again after tonight’s sync; if not, have "
            "payroll enter the person. Please do not add anybody by hand who is in payroll."
        ),
    ),
    "feed_old": OutcomeText(
        _("{name} is in the last payroll file, and that file is old: of {at}."),
        _("Whoever was entered since then appears once payroll’s file arrives again."),
    ),
    "run_failed": OutcomeText(
        _("{name} is in the last file that could be read, of {at}; the newest sync failed: {why}"),
        _("Whoever was entered since then appears with the next sync that works."),
    ),
    "nobody_held": OutcomeText(
        _(
            "{name} is on the list or in the payroll file of {at}, and the newer one, of {newer}, is on hold: {why}"
        ),
        _("Look at the run, then approve or discard it."),
    ),
    "not_yet": OutcomeText(
        _("{name} is on the list, and the first sync has not been approved yet."),
        _("Client Success approves the first sync; then everybody in payroll appears at once."),
    ),
    "not_connected": OutcomeText(
        _("{name} is on the list, and no payroll is connected yet."),
        _("Client Success connects payroll; until then nobody appears by themselves."),
    ),
}
