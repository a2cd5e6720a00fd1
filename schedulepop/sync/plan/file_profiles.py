"""A file whose headers a file profile knows: the mapping that is proposed for it, and where the file differs.

The profile's columns come first, then what is recognized by name, so that a renamed column is found all the same. Its
way of writing days is proposed where the values prove none and all of them can be read so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schedulepop import employee
from schedulepop.connectors.file_profiles import Profile, compact, recognize
from schedulepop.sync.plan.frames.feed import Feed
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.plan.read import columns
from schedulepop.sync.plan.values.dates import propose_dates, read_dates

SPARE = frozenset({"full_name", "employee_number", "rehire_date", "original_hire_date"})
"""Fields that such a report may well be without: nothing is said when they are not there."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """A field for which the file has none of the profile's headers."""

    field: str
    expected: str  # the header that such a report has
    instead: str  # the column that gives it by its name; nothing where none does


@dataclass(frozen=True, slots=True)
class Proposal:
    """Whose report a file may be. One profile: with its mapping. Several: each could be it, and none is proposed."""

    profiles: tuple[Profile, ...]
    mapping: Mapping | None = None
    lacking: tuple[Lacking, ...] = ()


NOBODYS = Proposal(())


def proposal(feed: Feed) -> Proposal:
    """What the profiles say of a feed, by its headers; those of dropped columns count, their values are never read."""
    headers = [*feed.names, *feed.dropped]
    found = recognize(headers)
    if len(found) != 1:
        return Proposal(found)
    profile = found[0]
    names = [name for name in feed.table.columns if name != "row"]
    by_name = columns.recognize(names, columns.samples(feed.table)).columns
    own = _own(profile, names)
    others = {field: name for field, name in by_name.items() if name not in own.values()}
    merged, _ = columns.with_stand_ins({**others, **own})
    ordered = {field: merged[field] for field in employee.BY_NAME if field in merged}
    no_unit = not _own(profile, headers).get("pay_unit")
    mapping = Mapping(
        columns=ordered,
        dates=_dates(feed, ordered, profile.dates),
        statuses=dict(profile.statuses),
        pay_unit=profile.pay_unit if profile.pay_unit and no_unit else None,
    )
    return Proposal(found, mapping, tuple(_lacking(profile, headers, ordered)))


def _own(profile: Profile, headers: Sequence[str]) -> dict[str, str]:
    """Canonical field → the file's column, by the profile's headers; each column gives one field."""
    there = {compact(header): header for header in reversed(headers)}
    taken: set[str] = set()
    found: dict[str, str] = {}
    for field, wanted in profile.columns.items():
        name = next((there[one] for one in map(compact, wanted) if one in there and one not in taken), None)
        if name is not None:
            found[field] = name
            taken.add(compact(name))
    return found


def _dates(feed: Feed, chosen: dict[str, str], declared: str) -> dict[str, str]:
    """The profile's format for the columns of days that prove none and that it reads throughout."""
    unproven = [
        field for field, date in propose_dates(feed.table, chosen, Mapping()).items() if not date.proven
    ]
    fits = (
        field for field in unproven if not read_dates(feed.table[chosen[field]], declared)["unreadable"].any()
    )
    return dict.fromkeys(fits, declared)


def _lacking(profile: Profile, headers: Sequence[str], chosen: dict[str, str]) -> list[Lacking]:
    """Fields whose headers are none of the profile's. Pay may have been dropped before anything was kept."""
    there = {compact(header) for header in headers}
    lacking = [
        Lacking(field, wanted[0], chosen.get(field, ""))
        for field, wanted in profile.columns.items()
        if field not in employee.PAY_FIELDS and not there & set(map(compact, wanted))
    ]
    return [one for one in lacking if one.instead or one.field not in SPARE]
