"""What a run at once says to whoever watches it, step by step, on its page and on the command line."""

from __future__ import annotations

from schedulepop.wording import issues
from schedulepop.wording.translation import gettext, ngettext
from schedulepop.wording.translation import gettext_noop as _

TITLES = {
    "read": _("Read"),
    "matched": _("Matched"),
    "changed": _("Changed"),
    "welcomed": _("Welcomed"),
}
"""The steps that are shown, in their order."""
_DONE = {
    "created": _("{name} was added to {place}."),
    "updated": _("{name} is as payroll has them now."),
    "reactivated": _("{name} is back at {place}."),
    "transferred": _("{name} moved to {place}."),
    "deactivated": _("{name} has no sign-in at {place} any more, as payroll says."),
    "unchanged": _("{name} was as payroll has them. Nothing had to change."),
    "not_in_feed": _("{name} is not in payroll’s list. Nothing was changed; HR can add them in payroll."),
    "excluded": _("{name} is left out: payroll says they have left, or a rule leaves them out."),
    "rejected": _("{name} could not be read: payroll’s ID cannot be used."),
}
_CHANGED = ("created", "updated", "reactivated", "transferred", "deactivated")
_WHO = {
    "linked": _("On the list already: {name}."),
    "found": _("Found on the list: {name}."),
    "new": _("Nobody is known by this record: {name} is new."),
    "": _("No record of payroll’s is about {name}."),
}
_LETTERS = {
    "queued": _("The welcome email to {name} is on its way."),
    "sending": _("The welcome email to {name} is on its way."),
    "accepted": _("The welcome email to {name} was sent."),
    "failed": _("The welcome email to {name} could not be sent. Their profile says why."),
    "unknown": _(
        "Nobody knows whether the welcome email to {name} went out. Send it again from their profile."
    ),
}


def title(done: list[tuple[str, str, str]]) -> str:
    """The page's heading: of one person (name, bucket, place) what happened, of several how many."""
    if len(done) == 1:
        name, bucket, place = done[0]
        if bucket == "held":
            return gettext("{name} waits").format(name=name)
        return became(name, bucket, place).split(". ")[0].rstrip(".")
    changed = sum(bucket in _CHANGED for _name, bucket, _place in done)
    if not done:
        return gettext("Nobody you look after was concerned")
    if not changed:
        return gettext("Nothing had to change")
    return (
        ngettext("%s person is as payroll has them now", "%s people are as payroll has them now", changed)
        % changed
    )


def became(name: str, bucket: str, place: str) -> str:
    """What became of somebody who does not wait."""
    return gettext(_DONE[bucket]).format(name=name, place=place or gettext("the list"))


def waits(name: str, reason: str, *, standing: bool) -> str:
    """Why somebody waits. `reason`: a guard rule or an issue code; `standing`: of an earlier run's hold."""
    if standing:
        return gettext(
            "{name} waits for HR: what payroll says here is on hold until somebody decides."
        ).format(name=name)
    if reason in issues.TEXTS:
        return gettext("{name} waits: {why}.").format(name=name, why=issues.text(reason).title.rstrip("."))
    return gettext("{name} waits for an approval, and the run says why.").format(name=name)


def who(name: str, situation: str) -> str:
    """Who the record was found to be."""
    known = _WHO.get(situation, _("Somebody has to say who {name} is."))
    return gettext(known).format(name=name)


def letter(name: str, state: str) -> str:
    """What became of the welcome email; without one, why."""
    if not state:
        return gettext("No welcome email: {name} has an account, or is not new.").format(name=name)
    return gettext(_LETTERS[state]).format(name=name)


def goes_first(number: int) -> str:
    """Another run is under way."""
    said = gettext("Run {number} is under way and goes first. This begins by itself when it is done.")
    return said.format(number=number)


def read_from(time: str, *, asked: bool) -> str:
    """What payroll's word was read from. `time`: in a sentence, "at 2:14 this morning"."""
    if asked:
        return gettext("Payroll was asked now; it wrote this {time}.").format(time=time)
    return gettext("Payroll’s newest list that counts, written {time}.").format(time=time)


def read_already(again: str) -> str:
    """Payroll is asked at most every ten minutes. `again`: in a sentence, "at 8:35 this evening"."""
    said = gettext("Payroll was read a moment ago, so that reading counts. It can be asked again {again}.")
    return said.format(again=again)
