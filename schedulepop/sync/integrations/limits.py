"""The guard's numbers as people read and set them: what each one means, how it is written, what it may be. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from schedulepop.sync.plan.policy import Limit, Policy

Kind = Literal["limit", "share", "count", "times", "switch"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One number or switch. `unit` is what a count counts; `rules` are the guard rules it belongs to."""

    name: str  # of Policy's field
    title: str
    sentence: str
    kind: Kind
    unit: str = ""
    rules: tuple[str, ...] = ()
    off: bool = False  # may be left blank, which means none


_ALL = (
    Setting(
        "short",
        "People not in the file",
        "Everything at a location waits when this many working people are "
        "missing from the file; the same share of the organization holds it all.",
        "limit",
        "people",
        ("short",),
    ),
    Setting(
        "removals_location",
        "Leavers at a location",
        "Their removals wait when this many people would lose access at one location in one run.",
        "limit",
        "people",
        ("removals_location",),
    ),
    Setting(
        "removals_organization",
        "Leavers everywhere",
        "All removals wait when this many people would lose access across the organization in one run.",
        "limit",
        "people",
        ("removals_organization",),
    ),
    Setting(
        "removals_week",
        "Leavers over several days",
        "Their removals wait when one location would lose this many people within the days below.",
        "limit",
        "people",
        ("removals_week",),
    ),
    Setting("week_days", "Days counted together", "How many days of leavers are added up.", "count", "days"),
    Setting(
        "creates_location",
        "New people at a location",
        "New people wait when this many would be added at one location in one run.",
        "limit",
        "people",
        ("creates_location",),
    ),
    Setting(
        "ids_changed",
        "Renumbered people",
        "Everything waits when this many people who left or are missing seem "
        "to be in the file under new payroll IDs.",
        "limit",
        "people",
        ("ids_changed",),
    ),
    Setting(
        "field_change",
        "One field of many people",
        "Everything waits when the same field, such as the email, changes for this many people.",
        "limit",
        "people",
        ("field_change",),
    ),
    Setting(
        "pay_jump",
        "Usual raise",
        "A pay change above this is told, and counts as a changed field; smaller ones are usual.",
        "share",
    ),
    Setting(
        "pay_absurd",
        "Impossible pay",
        "A person waits when their pay would be this many times higher or lower.",
        "times",
        rules=("pay_absurd",),
    ),
    Setting(
        "rejects",
        "Unreadable records",
        "Everything waits when this many records have no payroll ID that can be read.",
        "limit",
        "records",
        ("rejects",),
    ),
    Setting(
        "newly_blank",
        "Suddenly empty columns",
        "Everything waits when a column is newly blank for more than this share of the people.",
        "share",
        rules=("column_blank",),
    ),
    Setting(
        "newly_blank_floor",
        "Empty values that matter",
        "Fewer newly blank values than this never hold a file.",
        "count",
        "people",
    ),
    Setting(
        "flips",
        "Leaving and coming back",
        "A person waits when their employment ends and goes on this many times within the days below.",
        "count",
        "times",
        ("flapping",),
    ),
    Setting(
        "flip_days",
        "Days of coming and going",
        "How many days of ending and going on are looked at.",
        "count",
        "days",
    ),
    Setting(
        "rows_warn",
        "Longer or shorter file",
        "A file this much longer or shorter than usual is pointed out; nothing waits.",
        "share",
    ),
    Setting(
        "missing_feeds",
        "Files without a person",
        "Somebody is removed as missing only after this many different files without them.",
        "count",
        "files",
    ),
    Setting("missing_days", "Days without a person", "And only after this many days.", "count", "days"),
    Setting(
        "welcome_days_before",
        "Welcome before the first day",
        "How many days before the first day the welcome "
        "email goes out. Blank: as soon as payroll shows the new hire.",
        "count",
        "days",
        off=True,
    ),
    Setting(
        "upload_reminder",
        "Reminder to upload",
        "Where files are only uploaded by hand: after how many days without one a reminder goes out. Blank: none.",
        "count",
        "days",
        off=True,
    ),
    Setting(
        "whole_compare_below",
        "Small files",
        "Files with fewer records than this are compared in full every time.",
        "count",
        "records",
    ),
    Setting(
        "pay",
        "Pay rates",
        "Off: pay is neither read, shown, planned nor kept. Switching it off removes at once, and "
        "for good, the rates payroll has given, those dated ahead, their history, and the pay in stored plans and "
        "files. A rate held by an override stays.",
        "switch",
    ),
    Setting(
        "cms",
        "CMS labor codes",
        "Off: labor codes are not read or shown. This is a switch of the whole organization.",
        "switch",
    ),
)

SETTINGS: dict[str, Setting] = {one.name: one for one in _ALL}


class UnreadableError(ValueError):
    """What was written is no such number; the message says how it is written."""


def said(value: object) -> str:
    """A value as it is written: `3,3%`, `25%`, `10`, `on`; nothing for none."""
    if isinstance(value, Limit):
        return f"{value.floor},{_percent(value.share)}"
    if isinstance(value, bool):
        return "on" if value else "off"
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def written(name: str, policy: Policy) -> str:
    """The present value of a setting, as `read` takes it."""
    value = getattr(policy, name)
    return _percent(value) if SETTINGS[name].kind == "share" else said(value)


def _percent(share: float) -> str:
    return f"{share * 100:g}%"


def read(name: str, text: str) -> object:
    """The value that was written; raises UnreadableError with the way to write it."""
    setting, given = SETTINGS[name], text.strip().lower()
    try:
        if setting.off and not given:
            return None
        if setting.kind == "limit":
            floor, share = given.replace(" or ", ",").split(",")
            return Limit(floor=_whole(floor, least=1), share=_share(share))
        if setting.kind == "share":
            return _share(given)
        if setting.kind == "times":
            return _above_one(given)
        if setting.kind == "switch":
            return {"on": True, "off": False}[given]
        return _whole(given, least=0 if setting.off or name == "whole_compare_below" else 1)
    except (ValueError, KeyError) as error:
        raise UnreadableError(f"{setting.title}: write it as {_HOW[setting.kind]}.") from error


_HOW: dict[Kind, str] = {
    "limit": "a number and a percentage between 0 and 100, such as 3,10%",
    "share": "a percentage between 0 and 100, such as 25%",
    "count": "a whole number, such as 3",
    "times": "a number above 1, such as 10",
    "switch": "on or off",
}


def _whole(text: str, *, least: int) -> int:
    value = int(text.strip())
    if not least <= value <= 1_000_000:
        raise ValueError(text)
    return value


def _share(text: str) -> float:
    value = float(text.strip().removesuffix("%"))
    if not 0 <= value <= 100:
        raise ValueError(text)
    return round(value / 100, 6)


def _above_one(text: str) -> float:
    value = float(text)
    if not 1 < value <= 1_000_000:
        raise ValueError(text)
    return value


def changed(before: Policy, after: Policy) -> Iterator[tuple[str, str, str]]:
    """(setting, old, new), as they are written, of what differs."""
    for name in SETTINGS:
        old, new = written(name, before), written(name, after)
        if old != new:
            yield name, old, new


def with_changes(policy: Policy, changes: Mapping[str, str]) -> Policy:
    """The policy with these settings as written. Raises UnreadableError for a name or a value that is none."""
    if unknown := sorted(set(changes) - set(SETTINGS)):
        raise UnreadableError(
            f"There is no limit called {', '.join(unknown)}. There are: {', '.join(SETTINGS)}."
        )
    values: dict[str, Any] = {name: read(name, text) for name, text in changes.items()}
    return policy.model_copy(update=values)
