"""Why the guard holds something: a sentence for each of its rules, which names the people concerned when they are
few.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from schedulepop.wording import person_holds
from schedulepop.wording.contacts import contact_moved
from schedulepop.wording.hold_text import HoldText
from schedulepop.wording.lists import names, people
from schedulepop.wording.translation import gettext, ngettext
from schedulepop.wording.translation import gettext_noop as _
from schedulepop.wording.values import column_label

WAIT = _("They wait; everything else goes through. If it is right, approve; if not, correct it in payroll.")


def reason(rule: str, params: str | Mapping[str, Any]) -> str:
    """Why this rule holds what it holds. `params`: of HOLD, as JSON or read already."""
    return " ".join(_said(rule, params))


def found(rule: str, params: str | Mapping[str, Any]) -> str:
    """What it found alone, for when nothing waits for it: decided already, or an undo, which no rule stops."""
    return _said(rule, params).found


def kept_apart() -> str:
    """Why somebody waits about whom no rule speaks: a person decided to look again later."""
    return gettext("HR keeps this person as they are for now, and looks again within a week.")


def _said(rule: str, params: str | Mapping[str, Any]) -> HoldText:
    return RULES[rule](**(json.loads(params) if isinstance(params, str) else params))


def reasons(holds: Sequence[Mapping[str, Any]]) -> list[str]:
    """The same of several holds."""
    return [reason(hold["rule"], hold["params"]) for hold in holds]


def findings(holds: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the rules of several holds found."""
    return [found(hold["rule"], hold["params"]) for hold in holds]


def empty() -> HoldText:
    return HoldText(
        gettext("The payroll file has no people in it."),
        gettext("Nothing was changed. Check the export's filters in payroll."),
    )


def column_gone(
    field: str, was: str | None = None, successor: str | None = None, same_values: bool = False
) -> HoldText:
    if was:
        said = gettext(
            "{field} came from the column {was}, which is not in the payroll file any more."
        ).format(field=column_label(field), was=was)
    else:
        said = gettext(
            "The column for {column} is missing from the payroll file; the last file had it."
        ).format(column=column_label(field))
    if successor and same_values:
        step = gettext(
            "{successor} holds the same values: map the field to it, or restore the column in the export."
        ).format(successor=successor)
    elif successor:
        step = gettext(
            "{successor} looks like it: map the field to it, or restore the column in the export."
        ).format(successor=successor)
    else:
        step = gettext("Restore the column in the export, or map the field to another column.")
    return HoldText(said, _sentences(gettext("Nothing was changed."), step))


def column_blank(field: str, concerned: int, read: int, share: float) -> HoldText:
    said = gettext(
        "The column for {column} is suddenly blank for {people} of {read:,} ({share:.0%}) who had a value in the "
        "last file."
    ).format(column=column_label(field), people=people(concerned), read=read, share=share)
    return HoldText(said, gettext("Nothing was changed. Check the export in payroll."))


def rejects(rejects: int, read: int) -> HoldText:
    return HoldText(
        gettext("{rejects:,} of {read:,} records have no payroll ID that can be read.").format(
            rejects=rejects, read=read
        ),
        gettext(
            "Nothing was changed. Look at the rows named in the issues, correct the export and send it again."
        ),
    )


def ids_changed(count: int, some: list[str], more: int) -> HoldText:
    said = gettext(
        "Payroll seems to have renumbered {people}: {names}. They are in the file with new payroll IDs, and their old "
        "ones are gone or have ended."
    ).format(people=people(count), names=names(some, more))
    step = gettext(
        "Nothing was changed. Have payroll send the old IDs, or link each new ID to its person; if they are new "
        "people, approve."
    )
    return HoldText(said, step)


def short(
    count: int,
    base: int,
    place: str | None,
    some: list[str],
    more: int,
    renamed: int = 0,
    elsewhere: str | None = None,
    strangers: bool = False,
) -> HoldText:
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
    return HoldText(_sentences(said, cause), _sentences(_unchanged(place), step))


def field_change(
    field: str,
    count: int,
    base: int,
    place: str | None,
    some: list[str],
    more: int,
    limit: float = 0.0,
    **cause: Any,
) -> HoldText:
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
    return HoldText(_sentences(said, why), _sentences(_unchanged(place), step))


def status_words(
    column: str,
    count: int,
    base: int,
    place: str | None,
    some: list[str],
    more: int,
    **words: Any,
) -> HoldText:
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
    return HoldText(_sentences(told, new), step)


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


def removals_location(count: int, base: int, place: str | None, some: list[str], more: int) -> HoldText:
    said = gettext("{share} would lose access: {names}.")
    return HoldText(said.format(share=_share(count, base, place), names=names(some, more)), gettext(WAIT))


def removals_organization(count: int, base: int, some: list[str], more: int) -> HoldText:
    return removals_location(count, base, None, some, more)


def removals_week(
    count: int, base: int, place: str, days: int, earlier: int, some: list[str], more: int
) -> HoldText:
    said = gettext(
        "{count:,} people at {place}, which has {base:,}, would have lost access within {days} days: {earlier:,} in "
        "earlier runs, and now {names}."
    ).format(count=count, place=_at(place), base=base, days=days, earlier=earlier, names=names(some, more))
    return HoldText(said, gettext(WAIT))


def creates_location(count: int, base: int, place: str, some: list[str], more: int) -> HoldText:
    said = gettext("{people} would be added at {place}, which has {base:,}: {names}.").format(
        people=people(count), place=_at(place), base=base, names=names(some, more)
    )
    step = gettext(
        "They wait; everything else goes through. If they are real, approve; if not, check the export in payroll."
    )
    return HoldText(said, step)


RULES: dict[str, Callable[..., HoldText]] = {
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
        person_holds.last_admin,
        person_holds.last_manager,
        person_holds.flapping,
        person_holds.pay_absurd,
        contact_moved,
        person_holds.resembles_leaver,
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
