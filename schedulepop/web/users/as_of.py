"""A person as they were on a day, in words: every field, its reason, and the run or the hand it came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from schedulepop import cms, employee
from schedulepop.directory.models import Membership
from schedulepop.sync.models import FieldOverride
from schedulepop.sync.review import as_of
from schedulepop.web.shell.navigation import address
from schedulepop.web.shell.visit import Visit
from schedulepop.web.shell.words import field_label, value_words
from schedulepop.web.templatetags.words import day, short_day
from schedulepop.wording import activity
from schedulepop.wording.translation import gettext
from schedulepop.wording.translation import gettext_noop as _

LABELS = {
    "extra_duty": _("Extra duties"),
    "extra_zone": _("Extra zones"),
    "access_blocked": _("Access blocked"),
    "ends_on": _("Leaves on"),
    "notes": _("Note"),
}
_QUIET = frozenset(
    {"leave_end", "ends_on", "termination_date", "access_blocked", "original_hire_date", "notes"}
)
"""Not said while they are blank: most people have none."""
_REASONS = {
    "dates": _("The dates payroll gives"),
    "override": _("An override put this value back"),
    "missing": _("Payroll did not have this person any more"),
    "missing_here": _("Payroll had this person at other locations only"),
    "still_managers": _("It stayed the manager’s"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One field on that day."""

    label: str
    value: str  # "": it was blank
    by: str  # who or what made it so; "": nothing was written about it until then
    at: datetime | None
    run_number: int = 0
    run_url: str = ""
    doubt: str = ""  # why it may not be so
    held: str = ""  # what stood against payroll on that day


@dataclass(frozen=True, slots=True)
class Day:
    """A profile on a day that is over, or today."""

    on: date
    there: bool
    begins: datetime | None
    lines: tuple[Line, ...]  # what an entry had made so
    unwritten: tuple[Line, ...]  # what was so before the first entry about it, as far as there was something


def asked_day(text: str, visit: Visit, at: datetime) -> date | None:
    """The day of the address; one still to come is today, and what is none is as if it were not there."""
    try:
        return min(date.fromisoformat(text), at.astimezone(visit.zone).date())
    except ValueError:
        return None


def on_day(membership: Membership, on: date, visit: Visit, *, pay: bool) -> Day:
    """The person as they were when that day ended at their location."""
    end = datetime.combine(on + timedelta(days=1), time(), visit.zone)
    state = as_of.state_at(membership, end, pay=pay)
    without = () if membership.organization.cms_codes else ("cms_code",)
    facts = [one for one in state.facts if one.field not in without]
    return Day(
        on,
        state.there,
        state.begins,
        lines=tuple(_line(one) for one in facts if one.entry and (one.value or one.field not in _QUIET)),
        unwritten=tuple(_line(one) for one in facts if not one.entry and (one.value or one.held)),
    )


def _line(fact: as_of.Fact) -> Line:
    entry = fact.entry
    run = entry.run if entry else None
    doubt = gettext("Something without an entry changed it later, so this is not certain.")
    label = LABELS.get(fact.field)
    return Line(
        label=gettext(label) if label else field_label(fact.field),
        value=_value(fact.field, fact.value),
        by=_by(entry) if entry else "",
        at=entry.at if entry else None,
        run_number=run.number if run else 0,
        run_url=address("run", run.pk) if run else "",
        doubt=doubt if fact.doubtful else "",
        held=_held(fact.held) if fact.held else "",
    )


def _value(name: str, value: str) -> str:
    if not value:
        return ""
    if name == "cms_code" and value.isdigit():
        return cms.title(int(value))
    if name == "role":
        return value.capitalize()
    return value_words(name, value, sees_pay=True) if name in employee.BY_NAME or name == "ends_on" else value


def _by(entry: as_of.Entry) -> str:
    """Who or what made it so."""
    if entry.run is None:
        return gettext("{who} set it").format(who=activity.author(entry.by))
    if entry.run.undo_of is not None:
        said = gettext("{who} took run {run} back")
        return said.format(who=entry.run.requested_by, run=entry.run.undo_of.number)
    if entry.why == "local_edit" and entry.params:
        edited = short_day(date.fromisoformat(entry.params["on"]))
        said = gettext("Payroll replaced what {who} entered on {day}")
        return said.format(who=entry.params["editor"], day=edited)
    return gettext(_REASONS.get(entry.why, _("Payroll")))


def _held(override: FieldOverride) -> str:
    if override.kind == FieldOverride.Kind.PIN:
        run = override.run.undo_of if override.run else None
        if run is None:
            return gettext("Kept as it was before an undone run")
        return gettext("Kept as it was before run {run}").format(run=run.number)
    said = gettext("Held against payroll until {day}: {reason}")
    return said.format(day=day(override.until), reason=override.reason)
