"""Why the guard holds something: a sentence for each of its rules, which names the people concerned when they are
few.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from schedulepop.wording.contacts import contact_moved
from schedulepop.wording.lists import names, people
from schedulepop.wording.translation import gettext, ngettext
from schedulepop.wording.translation import gettext_noop as _
from schedulepop.wording.values import column_label

WAIT = _("They wait; everything else goes through. If it is right, approve; if not, correct it in payroll.")


def reason(rule: str, params: str | Mapping[str, Any]) -> str:
    """Why this rule holds what it holds. `params`: of HOLD, as JSON or read already."""
    return RULES[rule](**(json.loads(params) if isinstance(params, str) else params))


def reasons(holds: Sequence[Mapping[str, Any]]) -> list[str]:
    """The same of several holds."""
    return [reason(hold["rule"], hold["params"]) for hold in holds]


def empty() -> str:
    return gettext(
        "The payroll file has no people in it. Nothing was changed. Check the export's filters in payroll."
    )


def column_gone(field: str, was: str | None = None, successor: str | None = None) -> str:
    if was:
        said = gettext(
            "{field} came from the column {was}, which is not in the payroll file any more."
        ).format(field=column_label(field), was=was)
    else:
        said = gettext(
            "The column for {column} is missing from the payroll file; the last file had it."
        ).format(column=column_label(field))
    if successor:
        step = gettext(
            "{successor} looks like it: map the field to it, or restore the column in the export."
        ).format(successor=successor)
    else:
        step = gettext("Restore the column in the export, or map the field to another column.")
    return _sentences(said, gettext("Nothing was changed."), step)


def column_blank(field: str, concerned: int, read: int, share: float) -> str:
    return gettext(
        "The column for {column} is suddenly blank for {people} of {read:,} ({share:.0%}) who had a value in the "
        "last file. Nothing was changed. Check the export in payroll."
    ).format(column=column_label(field), people=people(concerned), read=read, share=share)


def rejects(rejects: int, read: int) -> str:
    return gettext(
        "{rejects:,} of {read:,} records have no payroll ID that can be read. Nothing was changed. Look at the rows "
        "named in the issues, correct the export and send it again."
    ).format(rejects=rejects, read=read)


def ids_changed(count: int, some: list[str], more: int) -> str:
    return gettext(
        "Payroll seems to have renumbered {people}: {names}. They are in the file with new payroll IDs, and their old "
        "ones are gone or have ended. Nothing was changed. Have payroll send the old IDs, or link each new ID "
        "to its person; if they are new people, approve."
    ).format(people=people(count), names=names(some, more))


def short(
    count: int,
    base: int,
    place: str | None,
    some: list[str],
    more: int,
    renamed: int = 0,
    elsewhere: str | None = None,
    strangers: bool = False,
) -> str:
    said = ngettext(
        "{share} is not in the payroll file: {names}.", "{share} are not in the payroll file: {names}.", count
    ).format(share=_share(count, base, place), names=names(some, more))
    cause = ""
    if renamed:
        cause = gettext("Of these, {count:,} may be in it with a new payroll ID.").format(count=renamed)
    elif elsewhere is not None:
        cause = gettext(
            "The people in it work at {place}: the files of two locations may have been swapped."
        ).format(place=_at(elsewhere))
    elif strangers:
        cause = gettext("Hardly anybody in it is known: it may be another customer's file.")
    step = gettext("If they left, approve; if not, check the export's filters in payroll.")
    return _sentences(said, cause, _unchanged(place), step)


def field_change(
    field: str,
    count: int,
    base: int,
    place: str | None,
    some: list[str],
    more: int,
    limit: float = 0.0,
    **cause: Any,
) -> str:
    share = _share(count, base, place)
    if field == "pay_rate":
        said = gettext("Pay changes by more than {limit:.0%} for {share}: {names}.")
    elif field == "identity":
        said = gettext("The payroll IDs now name somebody else for {share}: {names}.")
    else:
        said = gettext("{field} changes for {share}: {names}.")
    said = said.format(field=column_label(field), limit=limit, share=share, names=names(some, more))
    if field == "identity":
        why = gettext("It may be another customer's file.")
    else:
        why = _cause_of_change(**cause)
    step = gettext("If payroll really says so, approve; if not, check the export in payroll.")
    return _sentences(said, why, _unchanged(place), step)


def status_words(
    column: str,
    count: int,
    base: int,
    place: str | None,
    some: list[str],
    more: int,
    **words: Any,
) -> str:
    if words["was"] is not None:
        said = gettext(
            "The employment status of {share} comes from {column}, and came from {was} in the last file: {names}."
        )
    else:
        said = gettext("{column} says something new of {share}: {names}.")
    told = said.format(
        column=column, was=words["was"], share=_share(count, base, place), names=names(some, more)
    )
    new = ""
    if words["now"]:
        new = gettext("New are {now}; the last file had {before}.").format(
            now=_counted(words["now"]), before=_counted(words["before"])
        )
    step = gettext(
        "Nobody's status was changed there. If payroll really says so, approve; if not, check the export in payroll."
    )
    return _sentences(told, new, step)


def _counted(found: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"“{word}” ({count:,})" for word, count in found)


def _cause_of_change(
    times: float | None = None, domain: str | None = None, swapped: Sequence[str] = ()
) -> str:
    """What the new values themselves point to, as far as they do."""
    if swapped:
        return gettext("The files or codes of {places} may have been swapped.").format(
            places=gettext(" and ").join(map(_at, swapped))
        )
    if domain is not None:
        return gettext("Most of the new addresses end in {domain}.").format(domain=domain)
    if times is None:
        return ""
    said = (
        gettext(
            "Most people's would be about {times:,.0f} times what it is now: the unit or the "
            "decimal point may be wrong."
        )
        if times > 1.0
        else gettext(
            "Most people's would be a small part of what it is now: the unit or the decimal point may be wrong."
        )
    )
    return said.format(times=times)


def removals_location(count: int, base: int, place: str | None, some: list[str], more: int) -> str:
    said = gettext("{share} would lose access: {names}.")
    return _sentences(said.format(share=_share(count, base, place), names=names(some, more)), gettext(WAIT))


def removals_organization(count: int, base: int, some: list[str], more: int) -> str:
    return removals_location(count, base, None, some, more)


def removals_week(
    count: int, base: int, place: str, days: int, earlier: int, some: list[str], more: int
) -> str:
    said = gettext(
        "{count:,} people at {place}, which has {base:,}, would have lost access within {days} days: {earlier:,} in "
        "earlier runs, and now {names}."
    ).format(count=count, place=_at(place), base=base, days=days, earlier=earlier, names=names(some, more))
    return _sentences(said, gettext(WAIT))


def creates_location(count: int, base: int, place: str, some: list[str], more: int) -> str:
    return gettext(
        "{people} would be added at {place}, which has {base:,}: {names}. They wait; everything else goes through. "
        "If they are real, approve; if not, check the export in payroll."
    ).format(people=people(count), place=_at(place), base=base, names=names(some, more))


def last_admin(name: str) -> str:
    return gettext(
        "{name} is the last active admin and would lose access: nobody could decide on a hold any more. Make "
        "somebody else an admin first, then approve."
    ).format(name=name)


def last_manager(name: str, place: str) -> str:
    return gettext(
        "{name} is the last active manager of {place} and would lose access there. Make somebody else a manager "
        "first, then approve."
    ).format(name=name, place=_at(place))


def flapping(name: str, leaves: bool, flips: int, days: int) -> str:
    said = gettext("{name} has left once more") if leaves else gettext("{name} is back")
    return gettext(
        "{said}, says payroll: the status changed {flips} times within {days} days. They wait until payroll is "
        "settled. If it is right now, approve."
    ).format(said=said.format(name=name), flips=flips, days=days)


def pay_absurd(name: str | None, source_id: str, times: float, higher: bool) -> str:
    said = (
        gettext("The pay of {name} would be {times:g} times higher or more than now.")
        if higher
        else gettext("The pay of {name} would be {times:g} times lower or more than now.")
    ).format(name=name or gettext("payroll ID {source_id}").format(source_id=source_id), times=times)
    step = gettext("Only this person waits. If it is right, approve; if not, correct it in payroll.")
    return _sentences(said, step)


def resembles_leaver(name: str, leaver: str | None) -> str:
    return gettext(
        "{name} would be added, while {leaver} is on hold, leaving or missing. If it is the same person, nobody "
        "should be added twice: decide on the people leaving first, or add this one alone."
    ).format(name=name, leaver=leaver or gettext("somebody of the same name"))


RULES: dict[str, Callable[..., str]] = {
    one.__name__: one
    for one in (
        empty,
        column_gone,
        column_blank,
        rejects,
        ids_changed,
        short,
        field_change,
        removals_location,
        removals_week,
        removals_organization,
        status_words,
        creates_location,
        last_admin,
        last_manager,
        flapping,
        pay_absurd,
        contact_moved,
        resembles_leaver,
    )
}


def _share(count: int, base: int, place: str | None) -> str:
    """`3 of 12 people at Maple North`."""
    if place is None:
        said = gettext("{count:,} of {people} of the organization")
    else:
        said = gettext("{count:,} of {people} at {place}")
    return said.format(count=count, people=people(base), place=_at(place))


def _at(place: str | None) -> str:
    return place or gettext("a location")


def _unchanged(place: str | None) -> str:
    return gettext("Nothing was changed.") if place is None else gettext("Nothing was changed there.")


def _sentences(*parts: str) -> str:
    return " ".join(part for part in parts if part)
