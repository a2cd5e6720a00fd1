"""Whom a `short` hold names: approving it says that they are no longer expected in the feed (SPEC §5 Guard).

They count toward no later `short` until payroll names them again. Nobody is deactivated by it.
"""

from __future__ import annotations

from dataclasses import dataclass

from schedulepop.directory.models import Location
from schedulepop.lib.text import sort_key
from schedulepop.sync.models import Run
from schedulepop.sync.plan import storage
from schedulepop.sync.plan.frames.missing import SHORT


@dataclass(frozen=True, slots=True)
class MissingPerson:
    """Somebody who works there and is not in the feed."""

    name: str
    source_id: str
    user_id: int


@dataclass(frozen=True, slots=True)
class MissingAtPlace:
    """Whom the holds name at one location, in the order of the alphabet."""

    location_id: int
    location: str
    people: tuple[MissingPerson, ...]


@dataclass(frozen=True, slots=True)
class NoLongerExpected:
    """Whom an approval of this run no longer expects; without places when nothing of it is `short`."""

    places: tuple[MissingAtPlace, ...]

    @property
    def count(self) -> int:
        """People, each once, however many locations miss them."""
        return len({one.user_id for place in self.places for one in place.people})


def named_by(run: Run) -> NoLongerExpected:
    """From the run's stored plan, also after it was decided. By location, in the order of their names."""
    blob = Run.objects.values_list("plan", flat=True).get(pk=run.pk)
    if not blob:
        return NoLongerExpected(())
    short = storage.parts(blob, short=SHORT)["short"]
    names = dict(Location.objects.filter(organization=run.organization_id).values_list("pk", "name"))
    found: dict[int, list[MissingPerson]] = {}
    for place, source_id, user_id, name in short.iter_rows():
        found.setdefault(place, []).append(MissingPerson(name, source_id, user_id))
    places = [
        MissingAtPlace(
            place, names.get(place, ""), tuple(sorted(people, key=lambda one: sort_key(one.name, "")))
        )
        for place, people in found.items()
    ]
    return NoLongerExpected(tuple(sorted(places, key=lambda one: sort_key(one.location, ""))))
