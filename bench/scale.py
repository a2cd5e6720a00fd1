"""`python -m bench.scale`: what 50,000 organizations need, worked out from figures that were measured.

The tables of docs/scale.md are written from here (`tests/house/test_docs.py`), so that nobody works them out by hand.
Measure anew, put the figures below, write the documents anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from schedulepop.sync.integrations.schedule import SPREAD_MINUTES

ORGANIZATIONS, PEOPLE = 50_000, 200
"""Of each: 10 million people."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that was measured, and by what."""

    value: float
    unit: str
    of: str
    by: str


FLEET, TICKS, WEB = "`python -m bench.fleet 300 --people 200`", "`python -m bench.ticks`", "`make bench-web`"
UNCHANGED_WORKER = Figure(30, "ms of CPU", "an unchanged night of 200 people, the worker", FLEET)
UNCHANGED_SERVER = Figure(10, "ms of CPU", "the database of it", FLEET)
CHANGED_WORKER = Figure(150, "ms of CPU", "a night with one change, the worker", FLEET)
CHANGED_SERVER = Figure(40, "ms of CPU", "the database of it", FLEET)
PERSON = Figure(1.75, "kB", "stored of a person, with indexes", FLEET)
UNCHANGED_NIGHT = Figure(9, "kB", "stored of an unchanged night", FLEET)
CHANGED_NIGHT = Figure(30, "kB", "stored of a night with one change, until its plan and file go", FLEET)
TICK = Figure(0.13, "s of CPU", "a minute in which nothing is due, 50,000 integrations", TICKS)
START = Figure(6.7, "ms of CPU", "starting a run that is due", TICKS)
DIGEST = Figure(0.6, "ms of CPU", "queueing a morning's digest", TICKS)
PAGE = Figure(25, "ms of CPU", "a page, web and database together", WEB)
SESSIONS = Figure(
    26,
    "sessions",
    "of a worker: 18 that are always there, 8 for fetches",
    "`pg_stat_activity` in a fleet's night",
)
MEASURED = (
    UNCHANGED_WORKER,
    UNCHANGED_SERVER,
    CHANGED_WORKER,
    CHANGED_SERVER,
    PERSON,
    UNCHANGED_NIGHT,
    CHANGED_NIGHT,
    TICK,
    START,
    DIGEST,
    PAGE,
    SESSIONS,
)

CHANGED = 0.5
"""Of all nights: home care and nursing homes lose and find about half of their people in a year, so 200 people have a
hire or a leaver every second night; raises come on one night for everybody."""
ONE_ZONE = 0.5
"""Of the organizations are in one time zone (Eastern), so their nights begin within the same minutes."""
FETCH_SECONDS = 30
"""A platform asked page by page, with its own limits on calls. Assumed, not measured: no account of a real one."""
FETCHES_AT_ONCE = 50
"""In each worker."""
BUSY = 0.6
"""Of a core or a worker at most, so that an hour with twice as much is no incident."""
READERS, PAGES, MORNING_MINUTES = 2, 10, 60
"""People of each organization who look in the morning, pages each, within so many minutes."""
PLANS_DAYS, HISTORY_YEARS = 30, 7
HISTORY_NIGHT = 3.0
"""kB that stay of a night with a change when its plan and its file are gone: rows of run, history and audit."""
UNCHANGED_KEPT = 1.0
"""kB that stay of an unchanged night."""
DUMP_MB_S = 50
"""What `schedulepop backup` writes a second, compressed by pg_dump. Assumed."""


def night_per_worker() -> float:
    """Runs a minute of one worker: its CPU is one process's, and it may be busy for a part of the time."""
    mean = (1 - CHANGED) * UNCHANGED_WORKER.value + CHANGED * CHANGED_WORKER.value
    return 60_000 * BUSY / mean


def runs_a_minute() -> float:
    """In the busiest minutes of the night."""
    return ORGANIZATIONS * ONE_ZONE / SPREAD_MINUTES


def needs() -> Iterator[tuple[str, str, str]]:
    """What, how much, and from which figures."""
    peak = runs_a_minute()
    yield (
        "runs begun in a minute, at most",
        f"{peak:,.0f}",
        f"half of {ORGANIZATIONS:,} within {SPREAD_MINUTES} minutes",
    )
    planning = peak / night_per_worker()
    yield (
        "workers, to plan and apply them",
        f"{planning:.1f}",
        f"{night_per_worker():,.0f} runs a minute each",
    )
    fetching = peak * FETCH_SECONDS / 60 / FETCHES_AT_ONCE
    yield (
        "workers, to fetch them",
        f"{fetching:.1f}",
        f"{FETCH_SECONDS} s a fetch, {FETCHES_AT_ONCE} at once in each",
    )
    workers = ceil(max(planning, fetching)) * 2
    yield "workers, each of them twice so that one may die", f"{workers}", "a core each"
    server = (1 - CHANGED) * UNCHANGED_SERVER.value + CHANGED * CHANGED_SERVER.value + START.value
    yield (
        "cores of the database for the night",
        f"{peak * server / 60_000:.1f}",
        f"{server:.0f} ms a run with its start",
    )
    yield "of a minute, the tick", f"{TICK.value / 60:.1%}", "one process at a time"
    pages = ORGANIZATIONS * READERS * PAGES / MORNING_MINUTES / 60
    yield (
        "pages a second in the morning",
        f"{pages:,.0f}",
        f"{READERS} readers, {PAGES} pages, within {MORNING_MINUTES} minutes",
    )
    yield (
        "cores for them, web and database together",
        f"{ceil(pages * PAGE.value / 1_000 / BUSY)}",
        f"{PAGE.value:.0f} ms a page, {BUSY:.0%} busy",
    )
    people = ORGANIZATIONS * PEOPLE * PERSON.value / 1e6
    yield "people", f"{people:,.0f} GB", f"{ORGANIZATIONS * PEOPLE:,} of {PERSON.value} kB"
    plans = (
        ORGANIZATIONS
        * PLANS_DAYS
        * (CHANGED * CHANGED_NIGHT.value + (1 - CHANGED) * UNCHANGED_NIGHT.value)
        / 1e6
    )
    yield f"nights of the last {PLANS_DAYS} days, with plans and files", f"{plans:,.0f} GB", ""
    year = ORGANIZATIONS * 365 * (CHANGED * HISTORY_NIGHT + (1 - CHANGED) * UNCHANGED_KEPT) / 1e6
    yield (
        "history, a year",
        f"{year:,.0f} GB",
        f"{HISTORY_NIGHT:.0f} kB a night with a change, {UNCHANGED_KEPT:.0f} kB without",
    )
    full = people + plans + HISTORY_YEARS * year
    yield f"all of it after {HISTORY_YEARS} years", f"{full:,.0f} GB", "flat from then on"
    yield (
        "a backup of that by `schedulepop backup`",
        f"{full * 1_000 / DUMP_MB_S / 3_600:.1f} h",
        f"{DUMP_MB_S} MB a second (assumed)",
    )
    sessions = workers * SESSIONS.value + ceil(pages * PAGE.value / 1_000 / BUSY) * 4
    yield "sessions of the database", f"{sessions:,.0f}", "26 a worker, 4 a process of the web"


def main() -> None:
    """Print both tables."""
    for one in MEASURED:
        print(f"{one.value:>8} {one.unit:12} {one.of}")
    print()
    for what, how_much, why in needs():
        print(f"{how_much:>10}  {what}  ({why})")


if __name__ == "__main__":
    main()
