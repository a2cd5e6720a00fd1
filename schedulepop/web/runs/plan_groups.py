"""A plan as people read it: grouped by consequence, the weightiest first.

Only the lines of the page asked for are worked out, so that a plan of 100,000 changes opens as fast as one
of ten.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from schedulepop.lib.text import fold
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.web.runs.plan_people import Names, Person, PlanState, people_of
from schedulepop.web.runs.waiting import Waiting

FIRST = 5  # lines of a group on the page with several groups
ONLY = 12  # lines of the only group there is
PAGE = 50  # lines of a group shown alone


@dataclass(frozen=True, slots=True)
class Kind:
    """One consequence and the words for it."""

    key: str
    done: str
    planned: str


KINDS = (
    Kind("lose", "Lost sign-in", "Would lose sign-in"),
    Kind("join", "Joined", "Would join"),
    Kind("return", "Came back", "Would come back"),
    Kind("move", "Moved", "Would move"),
    Kind("change", "Changed", "Would change"),
)
"""Weightiest consequence first, as the page shows them."""


@dataclass(frozen=True, slots=True)
class Group:
    """People with one consequence in common."""

    key: str  # "held-lose", "join"…
    title: str
    note: str  # "all at Oak Hill"
    tone: str
    word: str  # the badge, once per group
    count: int
    people: tuple[Person, ...]
    start: int  # position of the first person shown

    @property
    def end(self) -> int:
        """Position after the last person shown."""
        return self.start + len(self.people)

    @property
    def left(self) -> int:
        """How many come after."""
        return self.count - self.end


def at_locations(plan_changes: pl.DataFrame, locations: Collection[int] | None) -> pl.DataFrame:
    """The changes a reader of these locations sees; None: all."""
    return (
        plan_changes
        if locations is None
        else plan_changes.filter(pl.col("location_id").is_in(list(locations)))
    )


def with_keys(changes: pl.DataFrame) -> pl.DataFrame:
    """Add `kind` and `key`: the group a change belongs to."""
    kind = (
        pl.when(pl.col("verb") == "create")
        .then(pl.lit("join"))
        .when(pl.col("verb") == "reactivate")
        .then(pl.lit("return"))
        .when(pl.col("verb") == "transfer")
        .then(pl.lit("move"))
        .when((pl.col("verb") == "deactivate") | pl.col("removal"))
        .then(pl.lit("lose"))
        .otherwise(pl.lit("change"))
    )
    held = pl.when(pl.col("held_by").is_not_null()).then(pl.lit("held-")).otherwise(pl.lit(""))
    return changes.with_columns(kind.alias("kind")).with_columns((held + pl.col("kind")).alias("key"))


def named_like(keyed: pl.DataFrame, search: str) -> pl.DataFrame:
    """The changes of people whose name has this text, however it is spelled."""
    name = pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True)
    return keyed.filter(name.map_elements(fold, pl.String).str.contains(fold(search), literal=True))


def waiting(keyed: pl.DataFrame) -> Waiting:
    """What of these changes a guard holds, by consequence."""
    return by_consequence(keyed.filter(pl.col("key").str.starts_with("held-")))


def by_consequence(keyed: pl.DataFrame) -> Waiting:
    """All of these changes, by consequence."""
    removals, creates = int((keyed["kind"] == "lose").sum()), int((keyed["kind"] == "join").sum())
    return Waiting(removals, creates, keyed.height - removals - creates)


def tally(keyed: pl.DataFrame) -> dict[str, int]:
    """How many people each group has."""
    return dict(keyed.group_by("key").len().iter_rows())


def chips(counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """The filters above the groups: (value, word, count); empty ones are left out."""
    held = sum(n for key, n in counts.items() if key.startswith("held-"))
    joined, changed = counts.get("join", 0), counts.get("change", 0)
    lost = counts.get("lose", 0)
    whole = sum(counts.values())
    found = [
        ("", "All", whole),
        ("held", "Held", held),
        ("lose", "Sign-in ends", lost),
        ("join", "Joined", joined),
        ("change", "Changed", changed),
        ("other", "Other", whole - held - joined - changed - lost),
    ]
    return [chip for chip in found if chip[2] or not chip[0]]


FILTERS = frozenset({"held", "other"} | {f"{held}{kind.key}" for held in ("held-", "") for kind in KINDS})
"""What `?show=` may ask for."""


def shown_keys(show: str, keyed: pl.DataFrame) -> list[str]:
    """The groups with somebody in them that a filter lets through, held ones first."""
    there = set(keyed["key"].unique())
    keys = [f"{held}{kind.key}" for held in ("held-", "") for kind in KINDS]
    if show == "held":
        keys = [key for key in keys if key.startswith("held-")]
    elif show == "other":
        keys = ["return", "move"]
    elif show:
        keys = [show]
    return [key for key in keys if key in there]


def shown_part(keyed: pl.DataFrame, *, show: str = "", start: int = 0) -> pl.DataFrame:
    """Only the changes that `groups` would draw, so that only their names are looked up."""
    keys = shown_keys(show, keyed)
    slices = [_slice(keyed, key, alone=len(keys) == 1, asked=bool(show), start=start) for key in keys]
    return pl.concat(slices) if slices else keyed.head(0)


def _slice(keyed: pl.DataFrame, key: str, *, alone: bool, asked: bool, start: int) -> pl.DataFrame:
    rows = keyed.filter(pl.col("key") == key)
    if alone and asked:
        return rows.slice(start, PAGE)
    return rows.head(ONLY if alone else FIRST)


def groups(
    plan: Plan,
    keyed: pl.DataFrame,
    names: Names,
    *,
    show: str = "",
    start: int = 0,
    state: PlanState,
) -> list[Group]:
    """The groups to show. Several: the first few of each; one alone: a page of it from `start`."""
    keys = shown_keys(show, keyed)
    counts = tally(keyed)
    found = []
    for key in keys:
        alone = len(keys) == 1
        shown = _slice(keyed, key, alone=alone, asked=bool(show), start=start)
        title, tone, word = heading(key, state)
        found.append(
            Group(
                key=key,
                title=title,
                note=_where(keyed.filter(pl.col("key") == key), names),
                tone=tone,
                word=word,
                count=counts[key],
                people=tuple(people_of(plan, shown, names, state)),
                start=start if alone and show else 0,
            )
        )
    return found


def heading(key: str, state: PlanState) -> tuple[str, str, str]:
    """A group's title, and the tone and word of its badge."""
    held = key.startswith("held-")
    kind = next(kind for kind in KINDS if kind.key == key.removeprefix("held-"))
    title = kind.done if (state.held_done if held else state.done) else kind.planned
    return title, *(state.held_badge if held else state.done_badge)


def _where(rows: pl.DataFrame, names: Names) -> str:
    places = rows["location_id"].drop_nulls().unique()
    if len(names.locations) > 1 and len(places) == 1 and rows.height > 1:
        return f"all at {names.locations.get(int(places[0]), 'one location')}"
    return ""
