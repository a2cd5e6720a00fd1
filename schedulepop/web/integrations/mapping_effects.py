"""What a changed mapping would do: what would be read otherwise, and who would be treated otherwise.

Pure: both plans of the last feed come in, the names behind ids and what the reader may see as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from schedulepop import employee
from schedulepop.sync.plan import policy
from schedulepop.sync.plan.frames.plan import Plan
from schedulepop.sync.plan.values.status_words import meaning
from schedulepop.web.integrations.mapping_draft import Draft
from schedulepop.web.integrations.words import FIGURE_WORDS, FORMAT_WORDS, SETTING_WORDS
from schedulepop.web.runs import plan_groups
from schedulepop.web.runs.plan_people import Line, Names, Person, people_of, plan_state
from schedulepop.web.shell import words
from schedulepop.web.templatetags.words import initials, upper_first
from schedulepop.wording import holds as hold_words
from schedulepop.wording import issues as issue_words
from schedulepop.wording.lists import listing

SHOWN = 50  # people named of each group; the others are counted


@dataclass(frozen=True, slots=True)
class Group:
    """People whom the change treats alike."""

    key: str
    title: str
    tone: str
    word: str
    count: int
    people: tuple[Person, ...]

    @property
    def left(self) -> int:
        """How many are not named."""
        return self.count - len(self.people)


def changed_mapping(
    draft: Draft, saved: policy.Mapping, before: Plan, after: Plan, places: Mapping[int, str]
) -> list[Line]:
    """What the draft would read otherwise, line by line."""
    found = list(_changed_entries(before.columns, after.columns, _field, str, "not read"))
    found += _changed_meanings(saved, draft.mapping)
    found += [Line(f"Location {code}", "", places.get(pk, "")) for code, pk in draft.to_map.items()]
    found += [Line(f"Location {code}", "", f"{name}, new") for code, name in draft.to_add.items()]
    return [*found, *_changed_settings(saved, draft.mapping)]


def differences(old: policy.Mapping, new: policy.Mapping) -> list[Line]:
    """What a mapping reads otherwise than another one, line by line, whatever is in a file."""
    columns = _changed_entries(old.columns, new.columns, _field, str, "not read")
    return [*columns, *_changed_meanings(old, new), *_changed_settings(old, new)]


def _changed_meanings(saved: policy.Mapping, other: policy.Mapping) -> list[Line]:
    """Dates, status words, and the names that codes of duties and zones get."""
    found = list(
        _changed_entries(
            saved.dates,
            other.dates,
            lambda name: f"Dates of {_field(name).lower()}",
            lambda declared: FORMAT_WORDS.get(declared, declared),
            "as recognized",
        )
    )
    statuses = sorted({*saved.statuses, *other.statuses})
    was, now = ({word: meaning(word, one.statuses) or "" for word in statuses} for one in (saved, other))
    found += _changed_entries(was, now, lambda word: f"Status {word}", _status, "waits")
    found += _changed_entries(saved.duties, other.duties, lambda code: f"Duty {code}", str, "waits")
    found += _changed_entries(saved.zones, other.zones, lambda code: f"Zone {code}", str, "waits")
    return found


def _changed_settings(saved: policy.Mapping, other: policy.Mapping) -> list[Line]:
    pairs = [(label, getattr(saved, name), getattr(other, name)) for name, label in SETTING_WORDS.items()]
    return [Line(label, _plain(old), _plain(new)) for label, old, new in pairs if old != new]


def figures(before: Plan, after: Plan) -> list[tuple[str, int, int]]:
    """(what happens, people by the mapping as it is, people by the draft), without what happens to nobody."""
    pairs = [(word, before.counts.get(name, 0), after.counts.get(name, 0)) for name, word in FIGURE_WORDS]
    return [pair for pair in pairs if pair[1] or pair[2]]


def issues(before: Plan, after: Plan) -> list[tuple[str, int, int]]:
    """(title, rows before, rows after) of the findings whose number changes; holds are listed apart."""
    was, now = _by_code(before), _by_code(after)
    codes = sorted(set(was) | set(now), key=lambda code: (-(now.get(code, 0) - was.get(code, 0)), code))
    pairs = [
        (issue_words.title(code), was.get(code, 0), now.get(code, 0)) for code in codes if code != "on_hold"
    ]
    return [pair for pair in pairs if pair[1] != pair[2]]


def new_holds(before: Plan, after: Plan) -> list[str]:
    """Why the guard would stop something that it does not stop by the mapping as it is."""
    known = set(hold_words.reasons(before.holds.to_dicts()))
    return [reason for reason in hold_words.reasons(after.holds.to_dicts()) if reason not in known]


def groups(before: Plan, after: Plan, differences: pl.DataFrame, names: Names) -> list[Group]:
    """Everybody who would be treated otherwise, weightiest first: by the draft, no longer, and those who wait."""
    keys = differences.unique(["source_id", "location_id"], keep="first", maintain_order=True)
    mine = _of(after, keys.filter(pl.col("now").is_not_null()))
    theirs = _of(before, keys.filter(pl.col("now").is_null()))
    found = [
        _group(after, mine.filter(pl.col("key") == key), key, names)
        for key in plan_groups.shown_keys("", mine)
    ]
    named = set(differences["source_id"].to_list())
    for key, title, tone, word, rows in _waiting(before, after, named):
        people = tuple(_record(row, names) for row in rows.head(SHOWN).iter_rows(named=True))
        found.append(Group(key, title, tone, word, rows.height, people))
    if theirs.height:
        people = tuple(people_of(before, theirs.head(SHOWN), names, plan_state("planned", "none")))
        found.append(
            Group("no-longer", "Would stay as they are instead", "", "No longer", theirs.height, people)
        )
    return found


def lead(groups: list[Group]) -> str:
    """The consequence in a sentence."""
    if not groups:
        return "Nobody would be treated differently."
    verbs = {
        "lose": "would lose sign-in",
        "join": "would join",
        "return": "would come back",
        "move": "would move",
        "change": "would change",
        "held": "would wait",
        "free": "would wait no longer",
    }
    parts = [f"{words.people(one.count)} {verbs[one.key]}" for one in groups if one.key in verbs]
    for one in groups:
        if one.key.startswith("held-"):
            parts.append(f"{words.people(one.count)} {verbs[one.key[5:]]} once somebody approves it")
    other = sum(one.count for one in groups if one.key in ("rejected", "excluded", "no-longer"))
    parts += [f"{words.people(other)} would be treated otherwise"] if other else []
    return f"{upper_first(listing(parts))}."


def _changed_entries(
    old: Mapping[str, str],
    new: Mapping[str, str],
    label: Callable[[str], str],
    words_of: Callable[[str], str],
    nothing: str,
) -> Iterator[Line]:
    """A line for every key whose value differs."""
    for key in [*old, *(key for key in new if key not in old)]:
        if old.get(key) != new.get(key):
            was, now = old.get(key), new.get(key)
            yield Line(label(key), words_of(was) if was else nothing, words_of(now) if now else nothing)


def _field(name: str) -> str:
    return words.field_label(name)


def _status(value: str) -> str:
    return employee.Status(value).label


def _plain(value: object) -> str:
    if isinstance(value, (frozenset, tuple, list)):
        return ", ".join(sorted(getattr(one, "name", None) or str(one) for one in value)) or "nothing"
    return str(value) if value not in (None, "") else "nothing"


def _by_code(plan: Plan) -> dict[str, int]:
    rows = plan.problems.group_by("code", maintain_order=True).len()
    return {code: int(count) for code, count in rows.iter_rows()}


def _of(plan: Plan, keys: pl.DataFrame) -> pl.DataFrame:
    """The plan's changes of these people, with their groups."""
    on = ["source_id", "location_id"]
    return plan_groups.with_keys(
        plan.changes.join(keys.select(on), on=on, how="semi", nulls_equal=True, maintain_order="left")
    )


def _group(plan: Plan, rows: pl.DataFrame, key: str, names: Names) -> Group:
    kind = next(kind for kind in plan_groups.KINDS if kind.key == key.removeprefix("held-"))
    tone, word = ("warn", "Held") if key.startswith("held-") else ("info", "Would happen")
    people = tuple(people_of(plan, rows.head(SHOWN), names, plan_state("planned", "none")))
    return Group(key, kind.planned, tone, word, rows.height, people)


def _waiting(before: Plan, after: Plan, named: set[str]) -> Iterator[tuple[str, str, str, str, pl.DataFrame]]:
    """Records that end elsewhere though no change of the plans names them: they wait, are left out, or do no more."""
    keep = ["source_id", "bucket", "reason", "name", "location_id", "user_id", "row"]
    was = before.records.select(keep[:3]).unique("source_id", keep="first", maintain_order=True)
    now = after.records.select(keep).unique("source_id", keep="first", maintain_order=True)
    both = now.join(was, on="source_id", how="left", suffix="_was", maintain_order="left").filter(
        ~pl.col("source_id").is_in(sorted(named)) & (pl.col("bucket").ne_missing(pl.col("bucket_was")))
    )
    for bucket, title, tone, word in (
        ("held", "Would wait", "warn", "Waits"),
        ("rejected", "Could not be used", "warn", "Rejected"),
        ("excluded", "Would be left out", "", "Left out"),
    ):
        rows = both.filter(pl.col("bucket") == bucket)
        if rows.height:
            yield bucket, title, tone, word, rows
    free = both.filter(
        ~pl.col("bucket").is_in(["held", "rejected", "excluded"]) & pl.col("bucket_was").is_not_null()
    )
    free = free.with_columns(pl.col("reason_was").alias("reason"))
    if free.height:
        yield "free", "Would wait no longer", "ok", "Free", free


def _record(row: dict[str, object], names: Names) -> Person:
    name = str(row["name"] or f"Payroll ID {row['source_id']}")
    reason = issue_words.title(str(row["reason"])) if row["reason"] else ""
    place = names.locations.get(int(str(row["location_id"] or 0)), "")
    return Person(
        name=name,
        initials=initials(name) or "?",
        about=", ".join(part for part in (reason, place) if part),
        user_id=None,
        short_old="",
        short_new="",
        more="",
        lines=(),
        row=int(str(row["row"])) if row["row"] else None,
        source_id=str(row["source_id"] or ""),
    )
