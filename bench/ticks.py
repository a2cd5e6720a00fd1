"""`python -m bench.ticks 1000 10000 50000`: what a minute costs with that many integrations.

Every organization has a location, HR, an open issue, and one integration as its set-up and its nights leave it, whose
runs of the last days went through. Measured are wall time, statements, and the process's own CPU of three minutes:
one in which nothing is due (and what the hour's job asks then), one of the night in which a 120th has its start, and
one of the morning in which a 60th has its digest. What these write is taken back, so that each round finds the same.
The last line is one JSON object for scripts.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import generator, ground
from bench.meter import Cost, metered

ROWS = {
    "tick_s": "a minute, nothing due: seconds",
    "tick_cpu_s": "of it CPU of the worker",
    "tick_server_s": "CPU of the server",
    "tick_queries": "statements",
    "hour_s": "an hour, nothing due: seconds",
    "hour_queries": "statements",
    "starts": "runs started in a minute of the night",
    "starts_cpu_s": "CPU of the worker",
    "starts_server_s": "CPU of the server",
    "digests": "digests in a minute of the morning",
    "digests_cpu_s": "CPU of the worker",
    "digests_server_s": "CPU of the server",
    "digests_queries": "statements",
}
GOAL_S, GOAL_QUERIES = 0.5, 10
ROUNDS, BUSY_ROUNDS = 11, 3
HISTORY = 7  # nights whose runs are there
AT = datetime(2026, 11, 23, 17, 37, tzinfo=UTC)
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
UNTOLD = {"active_since": (AT - timedelta(days=30)).isoformat()}  # the digest of the day did not go out
LAST_GOOD = {
    "blank": dict.fromkeys(generator.COLUMNS, 0.02),
    "columns": list(generator.COLUMNS),
    "headers": generator.COLUMNS,
    "reads": [50] * HISTORY,
    "status_column": "Employment Status",
    "status_words": {"Active": 48, "Leave of Absence": 2},
}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.ticks", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[1_000, 10_000, 50_000], help="integrations")
    sizes = parser.parse_args().sizes
    found: list[dict[str, Any]] = []
    with ground.server() as (urls, _):
        there = ground.make_empty(urls)
        for size in sorted(sizes):
            grow(size)
            ground.settle(there)
            found.append(measure(size))
    table = Table("", *(f"{one['integrations']:,}" for one in found))
    for key, said in ROWS.items():
        table.add_row(said, *(f"{one[key]:,}" for one in found))
    Console(width=None if sys.stdout.isatty() else 110).print(table)
    largest = found[-1]
    ok = largest["tick_s"] <= GOAL_S and largest["tick_queries"] <= GOAL_QUERIES
    print(json.dumps({"sizes": found, "ok": ok}))
    return 0 if ok else 1


def grow(size: int) -> None:
    """Organizations of one integration each, until there are that many; all of them had their nights."""
    from schedulepop.accounts.models import Grant, Organization, User
    from schedulepop.directory.models import Location
    from schedulepop.sync.models import Integration, IntegrationState, Issue

    made = Organization.objects.bulk_create(
        Organization(name=f"Home {number}", slug=f"home-{number}", timezone=ZONES[number % len(ZONES)])
        for number in range(Organization.objects.count(), size)
    )
    Location.objects.bulk_create(
        Location(organization=one, name="Main", timezone=one.timezone) for one in made
    )
    readers = User.objects.bulk_create(
        User(
            organization=one,
            username=f"hr-{one.pk}",
            first_name="Renata",
            last_name="Okoye",
            email=f"hr-{one.pk}@example.com",
            password="!",
        )
        for one in made
    )
    Grant.objects.bulk_create(
        Grant(user=one, role=Grant.ADMIN, organization_id=one.organization_id) for one in readers
    )
    integrations = Integration.objects.bulk_create(
        Integration(
            organization=one,
            name="Payroll",
            slug="payroll",
            connector="file",
            config={"path": f"/feeds/{one.slug}.csv"},
            mapping=generator.MAPPING,
            last_good=LAST_GOOD,
            state=IntegrationState.ACTIVE,
            last_success_at=AT - timedelta(hours=8),
            last_source_time=AT - timedelta(hours=10),
            notice_log=UNTOLD | {"digest": f"{AT:%Y-%m-%d}"},
        )
        for one in made
    )
    Issue.objects.bulk_create(
        Issue(organization=one.organization, integration=one, code="id_blank", key="x")
        for one in integrations
    )
    _add_nights([one.pk for one in integrations])


def _add_nights(integrations: list[int]) -> None:
    """The scheduled runs of the last days, an integration's one a night, oldest first as nights write them."""
    from django.db import connection

    with connection.cursor() as cursor:
        for back in reversed(range(HISTORY)):
            cursor.execute(
                """
                INSERT INTO sync_run (organization_id, integration_id, number, trigger, preview, state, stage,
                  fencing_token, attempt, local_date, requested_by, requested_at, started_at, finished_at, source_time,
                  plan_hash, counts, holds, summary, rest, decided_by, error_code, error_reason,
                  error_params)
                SELECT organization_id, id, %(number)s, 'schedule', false, 'applied', '', %(number)s, 1,
                  %(day)s::date, 'schedule', at, at, at, at, '', '{"read": 50, "unchanged": 50}', '[]', '{}', 'none',
                  '', '', '', '{}'
                  FROM sync_integration, (SELECT %(day)s::timestamptz - interval '8 hours') AS ran (at)
                 WHERE id = ANY (%(integrations)s) ORDER BY id
                """,
                {"number": HISTORY - back, "day": AT - timedelta(days=back), "integrations": integrations},
            )


def tick(at: datetime) -> int:
    """What the minute's job does, as far as no run is due; how many letters it queued."""
    from schedulepop import jobs
    from schedulepop.sync.run import effective_dates

    assert jobs.start_due(at) == jobs.start_arrived(at) == []
    assert not effective_dates.midnight_somewhere(at)
    return jobs.give_notice(at, spread=True)


def measure(size: int) -> dict[str, Any]:
    """Medians of some rounds: seconds and statements of a minute's job and of an hour's, and of two busy minutes."""
    from schedulepop import jobs
    from schedulepop.sync.models import Integration, Run

    def some(share: int) -> list[int]:
        return list(Integration.objects.order_by("?").values_list("pk", flat=True)[: max(size // share, 1)])

    def unstarted(integrations: list[int]) -> None:
        Run.objects.filter(integration__in=integrations, local_date=AT.date()).update(trigger="manual")

    def untold(integrations: list[int]) -> None:
        Integration.objects.filter(pk__in=integrations).update(notice_log=UNTOLD)

    starts, digests = some(120), some(60)
    quiet = _timed(lambda: tick(AT), 0)
    hour = _timed(lambda: len(jobs.apply_due(AT)), 0)
    night = _timed(lambda: len(jobs.start_due(AT)), len(starts), lambda: unstarted(starts))
    morning = _timed(lambda: tick(AT), len(digests), lambda: untold(digests))
    return {
        "integrations": size,
        "tick_s": quiet.wall_s,
        "tick_cpu_s": quiet.cpu_s,
        "tick_server_s": quiet.server_s,
        "tick_queries": quiet.queries,
        "hour_s": hour.wall_s,
        "hour_queries": hour.queries,
        "starts": len(starts),
        "starts_cpu_s": night.cpu_s,
        "starts_server_s": night.server_s,
        "digests": len(digests),
        "digests_cpu_s": morning.cpu_s,
        "digests_server_s": morning.server_s,
        "digests_queries": morning.queries,
    }


def _timed(job: Callable[[], int], done: int, prepare: Callable[[], None] | None = None) -> Cost:
    """The median of a job that does `done` things, on the same ground: what it and `prepare` wrote is taken back."""
    from django.db import transaction

    costs = []
    for _ in range(ROUNDS if prepare is None else BUSY_ROUNDS):
        with transaction.atomic():
            if prepare is not None:
                prepare()
            with metered() as cost:
                found = job()
            assert found == done, f"{found} instead of {done}"
            transaction.set_rollback(True)
        costs.append(cost)
    return Cost(*(round(median(getattr(one, name) for one in costs), 3) for name in Cost.__annotations__))


if __name__ == "__main__":
    sys.exit(main())
