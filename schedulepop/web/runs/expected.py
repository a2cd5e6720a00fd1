"""The people whom an approval accepts as gone from payroll's file, by location and name, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from schedulepop.lib.text import fold
from schedulepop.sync.models import Run
from schedulepop.sync.review.no_longer_expected import MissingAtPlace, named_by

PAGE = 100
SEARCHED = 12  # from so many people on a search is of use


@dataclass(frozen=True, slots=True)
class Expected:
    """One page of them. `total` counts people, `found` the lines that the search lets through."""

    total: int
    found: int
    places: tuple[MissingAtPlace, ...]
    search: str
    previous: int | None
    following: int | None

    @property
    def long(self) -> bool:
        """Whether it is worth searching."""
        return self.total > SEARCHED


def expected(run: Run, search: str, start: int) -> Expected:
    """Those of the run's plan; without a `short` hold nobody."""
    named = named_by(run)
    lines = [(place, one) for place in named.places for one in place.people]
    found = [(place, one) for place, one in lines if fold(search) in fold(f"{one.name} {place.location}")]
    page = found[start : start + PAGE]
    return Expected(
        total=named.count,
        found=len(found),
        places=tuple(
            replace(here, people=tuple(one for place, one in page if place is here))
            for here in named.places
            if any(place is here for place, _ in page)
        ),
        search=search,
        previous=max(0, start - PAGE) if start else None,
        following=start + PAGE if len(found) > start + PAGE else None,
    )
