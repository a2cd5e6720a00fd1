"""Why the guard holds one person: a sentence for each rule of that kind."""

from __future__ import annotations

from schedulepop.wording.hold_text import HoldText
from schedulepop.wording.translation import gettext


def last_admin(name: str) -> HoldText:
    return HoldText(
        gettext(
            "{name} is the last active admin and would lose access: nobody could decide on a hold any more."
        ).format(name=name),
        gettext("Make somebody else an admin first, then approve."),
    )


def last_manager(name: str, place: str) -> HoldText:
    return HoldText(
        gettext("{name} is the last active manager of {place} and would lose access there.").format(
            name=name, place=place or gettext("a location")
        ),
        gettext("Make somebody else a manager first, then approve."),
    )


def flapping(name: str, leaves: bool, flips: int, days: int) -> HoldText:
    who = gettext("{name} has left once more") if leaves else gettext("{name} is back")
    said = gettext("{said}, says payroll: the status changed {flips} times within {days} days.").format(
        said=who.format(name=name), flips=flips, days=days
    )
    return HoldText(said, gettext("They wait until payroll is settled. If it is right now, approve."))


def pay_absurd(name: str | None, source_id: str, times: float, higher: bool) -> HoldText:
    said = (
        gettext("The pay of {name} would be {times:g} times higher or more than now.")
        if higher
        else gettext("The pay of {name} would be {times:g} times lower or more than now.")
    ).format(name=name or gettext("payroll ID {source_id}").format(source_id=source_id), times=times)
    step = gettext("Only this person waits. If it is right, approve; if not, correct it in payroll.")
    return HoldText(said, step)


def resembles_leaver(name: str, leaver: str | None) -> HoldText:
    said = gettext("{name} would be added, while {leaver} is on hold, leaving or missing.").format(
        name=name, leaver=leaver or gettext("somebody of the same name")
    )
    step = gettext(
        "If it is the same person, nobody should be added twice: decide on the people leaving first, or add this one "
        "alone."
    )
    return HoldText(said, step)
