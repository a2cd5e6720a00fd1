"""What payroll's codes mean: those really in the file, with counts, each mapped, created, or left waiting."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass

import polars as pl

from schedulepop import employee
from schedulepop.employee import Status
from schedulepop.lib import text
from schedulepop.lib.text import whole_number
from schedulepop.sync.plan.policy import Mapping
from schedulepop.sync.plan.values.status_words import meaning

SHOWN = 200  # codes of one kind on the page; a column with more is no code column
_SHORT = 4  # one word up to this long stays as it is: RN, LPN, CNA, ICU
_NURSES = {"RN", "LPN", "LVN", "CNA", "CMA", "GNA", "NA", "NP", "PA", "MD", "DO", "DON", "ADON", "MDS"}
_OTHERS = {"PT", "OT", "ST", "SLP", "COTA", "PTA", "RT", "SNF", "ICU", "HR", "IT", "II", "III", "IV"}


@dataclass(frozen=True, slots=True)
class Code:
    """One duty or zone code."""

    position: int
    kind: str
    code: str
    count: int
    where: str
    known: bool  # set up at every location where it occurs
    name: str  # what it becomes: the mapping's name, else a readable one
    waits: bool


@dataclass(frozen=True, slots=True)
class Place:
    """One location code; `location_id` is what it is mapped to."""

    position: int
    code: str
    count: int
    location_id: int | None
    name: str  # proposed for a new location


@dataclass(frozen=True, slots=True)
class Word:
    """One status word and what it means."""

    position: int
    word: str
    count: int
    status: str  # "" when nobody knows
    usual: bool  # understood without the mapping


@dataclass(frozen=True, slots=True)
class Codes:
    """The page."""

    places: tuple[Place, ...]
    words: tuple[Word, ...]
    duties: tuple[Code, ...]
    zones: tuple[Code, ...]

    @property
    def waiting(self) -> int:
        """How many need somebody."""
        return (
            sum(one.location_id is None for one in self.places)
            + sum(not one.status for one in self.words)
            + sum(not one.known for one in (*self.duties, *self.zones))
        )


def readable(code: str) -> str:
    """A code as a name: `MEMORY_CARE` becomes Memory Care; what reads well already and short codes stay."""
    cleaned = " ".join(code.replace("_", " ").split())
    if cleaned != cleaned.upper() or not any(character.isalpha() for character in cleaned):
        return cleaned
    words = cleaned.split(" ")
    if len(words) == 1 and len(cleaned) <= _SHORT:
        return cleaned
    return " ".join(
        word if word in _NURSES | _OTHERS or any(c.isdigit() for c in word) else word.capitalize()
        for word in words
    )


Named = Dictionary[str, Dictionary[str, Dictionary[int, str]]]
"""What is set up already: kind → folded code → location → name of the duty or zone."""


def page(
    codes: pl.DataFrame,
    mapping: Mapping,
    locations: Dictionary[int, str],
    location_codes: Dictionary[str, int],
    named: Named,
    *,
    first: bool,
) -> Codes:
    """The view of `Normalized.codes`. On a first set-up every unknown code is proposed to be created."""
    return Codes(
        places=tuple(_places(codes, location_codes)),
        words=tuple(_words(codes, mapping)),
        duties=tuple(_codes(codes, "duty", mapping.duties, mapping, locations, named, first)),
        zones=tuple(_codes(codes, "zone", mapping.zones, mapping, locations, named, first)),
    )


def set_up(frame: pl.DataFrame) -> dict[str, dict[int, str]]:
    """The snapshot's duty_codes or zone_codes by folded code and location."""
    found: dict[str, dict[int, str]] = {}
    for place, code, name in frame.select("location_id", "code", "name").iter_rows():
        found.setdefault(text.fold_code(code), {})[place] = name
    return found


def _by_code(codes: pl.DataFrame, kind: str) -> list[tuple[str, int, list[int | None], bool]]:
    """Code, count, locations, known everywhere; most frequent first, spellings that fold alike together."""
    grouped = (
        codes.filter(pl.col("kind") == kind)
        .with_columns(pl.col("code").map_elements(text.fold_code, pl.String).alias("fold"))
        .filter(pl.col("fold") != "")
        .group_by("fold", maintain_order=True)
        .agg(
            pl.col("code").first(),
            pl.col("count").sum(),
            pl.col("location_id").unique(),
            pl.col("known").all(),
        )
        .sort("count", "fold", descending=[True, False])
    )
    return [
        (row["code"], int(row["count"]), row["location_id"], bool(row["known"]))
        for row in grouped.head(SHOWN).iter_rows(named=True)
    ]


def _places(codes: pl.DataFrame, known: Dictionary[str, int]) -> list[Place]:
    return [
        Place(position, code, count, known.get(text.fold_code(code)), readable(code))
        for position, (code, count, _, _) in enumerate(_by_code(codes, "location"))
    ]


def _words(codes: pl.DataFrame, mapping: Mapping) -> list[Word]:
    found = []
    for position, (word, count, _, _) in enumerate(_by_code(codes, "status")):
        usual = meaning(word, {}) is not None
        found.append(Word(position, word, count, meaning(word, mapping.statuses) or "", usual))
    return found


def _codes(
    codes: pl.DataFrame,
    kind: str,
    asked: Dictionary[str, str],
    mapping: Mapping,
    locations: Dictionary[int, str],
    named: Named,
    first: bool,
) -> list[Code]:
    own = {text.fold_code(code): name for code, name in asked.items()}
    found = []
    for position, (code, count, ids, _) in enumerate(_by_code(codes, kind)):
        folded = text.fold_code(code)
        here = named.get(kind, {}).get(folded, {})
        places = [place for place in ids if place is not None]
        known = bool(places) and all(place in here for place in places)
        where = sorted({locations[place] for place in places if place in locations})
        name = ", ".join(dict.fromkeys(here[place] for place in places)) if known else own.get(folded, "")
        waits = not (known or name or first or kind in mapping.create_codes)
        found.append(
            Code(
                position=position,
                kind=kind,
                code=code,
                count=count,
                known=known,
                waits=waits,
                where=", ".join(where[:3]) + ("…" if len(where) > 3 else ""),
                name=name or readable(code),
            )
        )
    return found


@dataclass(slots=True)
class Answers:
    """What a posted page asks for."""

    mapping: Mapping
    to_map: dict[str, int]  # location code → existing location
    to_add: dict[str, str]  # location code → name of a new location


def answers(
    posted: Dictionary[str, str], seen: Codes, mapping: Mapping, locations: Collection[int]
) -> Answers:
    """The mapping and the locations of a posted page; what makes no sense is left waiting."""
    statuses = dict(mapping.statuses)
    for one in seen.words:
        chosen = posted.get(f"status-{one.position}", "")
        if chosen in set(Status) and chosen != meaning(one.word, {}):
            statuses[one.word] = chosen
        elif chosen in set(Status):
            statuses.pop(one.word, None)
    to_map, to_add = {}, {}
    for place in seen.places:
        chosen = posted.get(f"location-{place.position}", "")
        if (pk := whole_number(chosen)) in locations and pk is not None:
            to_map[place.code] = pk
        elif chosen == "new" and posted.get(f"location-name-{place.position}", "").strip():
            to_add[place.code] = text.clean(posted[f"location-name-{place.position}"])[
                : employee.LONGEST["name"]
            ]
    update: dict[str, object] = {
        "statuses": statuses,
        "duties": _named(posted, seen.duties, mapping.duties),
        "zones": _named(posted, seen.zones, mapping.zones),
    }
    if "default_location" in posted:
        update["default_location"] = posted["default_location"] or None
    return Answers(mapping.model_copy(update=update), to_map, to_add)


def _named(
    posted: Dictionary[str, str], codes: Sequence[Code], before: Dictionary[str, str]
) -> dict[str, str]:
    """Code → name of the duty or zone it becomes; a code that waits is left out."""
    folded = {text.fold_code(one.code) for one in codes}
    kept = {code: name for code, name in before.items() if text.fold_code(code) not in folded}
    for one in codes:
        what = posted.get(f"{one.kind}-{one.position}", "")
        name = text.clean(posted.get(f"{one.kind}-name-{one.position}", ""))[: employee.LONGEST["name"]]
        if what == "create" and name:
            kept[one.code] = name
    return kept


STATUSES = [(status.value, status.label) for status in employee.Status]
