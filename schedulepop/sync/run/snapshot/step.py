"""What SchedulePop holds now, read into frames: all of it, or only the people a feed can touch."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from django.db import connection
from psycopg import Cursor

from schedulepop import employee
from schedulepop.directory import columns
from schedulepop.lib import sql
from schedulepop.sync.models import Integration
from schedulepop.sync.plan.frames.outcomes import empty
from schedulepop.sync.plan.frames.snapshot import SNAPSHOT_SCHEMAS, Snapshot
from schedulepop.sync.run.snapshot import answers, deferrals, distinct_people, extras, other_integrations
from schedulepop.sync.run.snapshot import guard_baseline as guards
from schedulepop.sync.run.snapshot.overrides import keeps_of

CODED = {"id": pl.Int64, "name": pl.String, "location_id": pl.Int64, "code": pl.String, "place": pl.Int64}
EDITS_KEPT = timedelta(days=60)
_ALONE = "SET max_parallel_workers_per_gather = 0"
"""None of these queries is long enough to be worth the start of further server processes."""
ENDED = sorted(employee.ENDED)
LOCATIONS = (
    "SELECT l.id, l.name, l.timezone, EXISTS (SELECT 1 FROM directory_membership m "
    "WHERE m.location_id = l.id AND m.payroll_owned) FROM directory_location l "
    "WHERE l.organization_id = %(organization)s AND l.closed_at IS NULL ORDER BY l.id"
)


def load(
    integration: Integration,
    *,
    now: datetime,
    ids: Collection[str] | None = None,
    bases: bool = True,
    concerned: Collection[str] | None = None,
    links: pl.DataFrame | None = None,
) -> Snapshot:
    """The snapshot for this integration's organization.

    `ids`: only the people linked to these source ids (every candidate for a match is left out: pass None when
    the feed carries an id that is not linked). `bases`: also read what the guard needs once somebody changes
    (`guard_baseline.load` adds it later). `concerned`: the source ids whose further duties and zones are needed,
    where it is not `ids`.
    `links`: `links_of` these ids, where somebody has asked already.
    """
    with connection.cursor() as wrapped:
        cursor = wrapped.cursor
        cursor.execute(_ALONE)
        given = _given(integration)
        coded: dict[str, Any] = codes(cursor, integration.organization_id)
        links = _links(cursor, given, ids) if links is None else links
        users = None if ids is None else links["user_id"].unique().sort().to_list()
        given |= {"users": users, "since": now - EDITS_KEPT}
        about = users if concerned is None else _users(links, concerned)
        beside: dict[str, Any] = dict(
            extras.load(
                lambda query, name: _frame(cursor, _about(about, query), given | {"users": about}, name),
                pay=bool(integration.policy.get("pay")),
                nobody=about == [],
            )
        )
        if ids is None:
            beside["distinct_pairs"] = distinct_people.pairs(cursor, integration.organization_id)
        held = Snapshot(
            people=_frame(cursor, _about(users, "snapshot_people"), given, "people"),
            members=_frame(cursor, _about(users, "snapshot_members"), given, "members"),
            links=links,
            missing=_missing(cursor, given),
            edits=_frame(cursor, _about(users, "snapshot_edits"), given, "edits"),
            **beside,
            locations=_locations(cursor, given, now),
            **coded,
            overrides=keeps_of(cursor, integration.organization_id, users),
            **_of_integration(integration),
            accepted_short=_accepted(cursor, given),
            other_integrations=other_integrations.memberships(cursor, given),
            answers=answers.given(cursor, integration.pk),
            deferrals=deferrals.open_on(cursor, integration.pk, integration.local_date(now)),
            whole=ids is None,
        )
        return guards.read(cursor, integration, now).onto(held) if bases else held


def load_feed_level(integration: Integration, *, now: datetime) -> Snapshot:
    """The snapshot for a feed of which nobody needs a look, and nobody is missing: no people in it.

    What concerns the feed or a location as a whole is told every night, so that alone is read.
    """
    parts = {"locations": LOCATIONS, "labor": sql.load("schedulepop.sync", "snapshot_labor")}
    query = sql.load("schedulepop.sync", "snapshot_feed_level")
    for name, part in parts.items():
        query = query.replace(f"{{{name}}}", part)
    with connection.cursor() as cursor:
        cursor.execute(query, _given(integration) | {"ended": ENDED})
        places, labor = map(json.loads, cursor.fetchall()[0])
    nobody: dict[str, Any] = {name: empty(schema) for name, schema in SNAPSHOT_SCHEMAS.items()}
    alone = {
        "locations": _places(places, now),
        "duty_labor": pl.DataFrame(labor, schema=SNAPSHOT_SCHEMAS["duty_labor"], orient="row"),
    }
    return Snapshot(**nobody | alone, **_of_integration(integration), whole=False)


def _of_integration(integration: Integration) -> dict[str, Any]:
    """What the last runs left for this one."""
    return {
        "first_sync": not integration.first_sync_done,
        "last_blank": dict(integration.last_good.get("blank", {})),
        "last_columns": frozenset(integration.last_good.get("columns", ())),
        "last_headers": dict(integration.last_good.get("headers", {})),
        "last_status_column": integration.last_good.get("status_column", ""),
        "last_status_words": dict(integration.last_good.get("status_words", {})),
        "median_read": _usual(integration),
    }


def _usual(integration: Integration) -> float | None:
    """The median number of records of the last good runs."""
    reads = integration.last_good.get("reads", ())
    return median(reads) if reads else None


def _given(integration: Integration) -> dict[str, Any]:
    return {"organization": integration.organization_id, "integration": integration.pk}


def codes(cursor: Cursor[Any], organization_id: int) -> dict[str, pl.DataFrame]:
    """The code tables and the names of duties and zones: small, and always read whole."""
    given = {"organization": organization_id}
    frames = {
        "location_codes": _frame(
            cursor,
            "SELECT c.code, c.location_id FROM directory_locationcode c JOIN directory_location l "
            "ON l.id = c.location_id"
            " WHERE c.organization_id = %(organization)s AND l.closed_at IS NULL ORDER BY c.id",
            given,
            "location_codes",
        )
    }
    for kind in ("duty", "zone"):
        named = _few(
            cursor,
            f"SELECT x.id, x.name, c.location_id, c.code, c.id FROM directory_{kind} x "  # noqa: S608 (two fixed words)
            f"LEFT JOIN directory_{kind}code c ON c.{kind}_id = x.id "
            "WHERE x.organization_id = %(organization)s ORDER BY x.id, c.id",
            given,
            CODED,
        )
        coded = named.filter(pl.col("code").is_not_null()).sort("place")
        frames[f"{kind}_codes"] = coded.select(list(SNAPSHOT_SCHEMAS[f"{kind}_codes"]))
        frames[f"{kind}_names"] = named.select("id", "name").unique("id", keep="first", maintain_order=True)
    frames["duty_labor"] = _labor(cursor, organization_id)
    return frames


def _labor(cursor: Cursor[Any], organization_id: int) -> pl.DataFrame:
    given = {"organization": organization_id, "ended": ENDED}
    return _few(cursor, sql.load("schedulepop.sync", "snapshot_labor"), given, SNAPSHOT_SCHEMAS["duty_labor"])


def links_of(integration: Integration, ids: Collection[str]) -> pl.DataFrame:
    """The links of these source ids."""
    with connection.cursor() as wrapped:
        return _links(wrapped.cursor, _given(integration), ids)


def active_ids(integration: Integration) -> pl.Series:
    """The payroll IDs of the linked people who are active somewhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT l.source_id FROM sync_link l JOIN directory_membership m ON m.user_id = l.user_id "
            "WHERE l.integration_id = %s AND l.retired_at IS NULL AND m.payroll_owned AND m.status = 'active' "
            "ORDER BY l.source_id",
            [integration.pk],
        )
        return pl.Series("source_id", [row[0] for row in cursor.fetchall()], dtype=pl.String)


def dirty_links(integration: Integration) -> list[tuple[int, str, int]]:
    """(link id, source id, version) of linked people somebody wrote since the last run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, l.source_id, t.version FROM sync_touched t JOIN sync_link l ON l.id = t.link_id "
            "WHERE l.integration_id = %s ORDER BY l.id",
            [integration.pk],
        )
        return [(row[0], row[1], row[2]) for row in cursor.fetchall()]


def _links(cursor: Cursor[Any], given: dict[str, Any], ids: Collection[str] | None) -> pl.DataFrame:
    if (
        ids is not None
    ):  # OFFSET 0: by id first, whatever a table without statistics makes the planner believe
        by_id = (
            "SELECT source_id, user_id FROM (SELECT source_id, user_id, retired_at FROM sync_link WHERE integration_id"
            " = %(integration)s AND source_id = ANY(%(ids)s::text[]) OFFSET 0) l WHERE retired_at IS NULL"
        )
        return _frame(cursor, by_id, given | {"ids": sorted(ids)}, "links").sort("user_id", "source_id")
    query = (
        "SELECT source_id, user_id FROM sync_link WHERE integration_id = %(integration)s AND retired_at IS NULL "
        "ORDER BY id"
    )
    return _frame(cursor, query, given, "links")


def _about(users: Collection[int] | None, name: str) -> str:
    """The query about everybody of the organization, or only about these users of it.

    `{organization OR user}` in it names both columns. Users come from the integration's own links, which the
    database keeps inside the organization; asking for both columns would mislead the planner before a table just
    filled has its first statistics.
    """
    about = r"\1 = %(organization)s" if users is None else r"\2 IN (SELECT unnest(%(users)s::bigint[]))"
    return re.sub(r"\{([\w.]+) OR ([\w.]+)\}", about, columns.load("schedulepop.sync", name))


def _users(links: pl.DataFrame, ids: Collection[str]) -> list[int]:
    """The users linked to these source ids."""
    return links.filter(pl.col("source_id").is_in(list(ids)))["user_id"].unique().sort().to_list()


def _missing(cursor: Cursor[Any], given: dict[str, Any]) -> pl.DataFrame:
    query = (
        "SELECT source_id, feeds, since, counted_sha, about, location_id FROM sync_missinglink "
        "WHERE integration_id = %(integration)s ORDER BY source_id, about, location_id"
    )
    return _frame(cursor, query, given, "missing")


def _accepted(cursor: Cursor[Any], given: dict[str, Any]) -> frozenset[str]:
    cursor.execute(
        "SELECT source_id FROM sync_link WHERE integration_id = %(integration)s AND "
        "short_accepted AND retired_at IS NULL",
        given,
    )
    return frozenset(row[0] for row in cursor.fetchall())


def _locations(cursor: Cursor[Any], given: dict[str, Any], now: datetime) -> pl.DataFrame:
    """Open locations with their own day, nobody counted yet. One without anybody of payroll's has its first run."""
    cursor.execute(LOCATIONS, given)
    return _places(cursor.fetchall(), now)


def _places(found: Iterable[Sequence[Any]], now: datetime) -> pl.DataFrame:
    utc = now.astimezone(UTC)
    rows = [
        (pk, name, utc.astimezone(ZoneInfo(zone)).date(), not run_before, 0)
        for pk, name, zone, run_before in found
    ]
    return pl.DataFrame(rows, schema=SNAPSHOT_SCHEMAS["locations"], orient="row")


def _frame(cursor: Cursor[Any], query: str, given: dict[str, Any], name: str) -> pl.DataFrame:
    """A query's rows as a frame of this schema."""
    return _rows(cursor, query, given, SNAPSHOT_SCHEMAS[name])


def _few(
    cursor: Cursor[Any],
    query: str,
    given: dict[str, Any],
    schema: Mapping[str, pl.DataType | type[pl.DataType]],
) -> pl.DataFrame:
    """A query's rows, some thousands at most: fetched at once, since COPY hands over each row by itself."""
    cursor.execute(query, given)
    return pl.DataFrame(cursor.fetchall(), schema=dict(schema), orient="row")


def _rows(
    cursor: Cursor[Any],
    query: str,
    given: dict[str, Any],
    schema: Mapping[str, pl.DataType | type[pl.DataType]],
) -> pl.DataFrame:
    """A query's rows by COPY: ten times faster than row by row."""
    with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)", given) as copy:
        content = b"".join(copy)
    if not content:
        return empty(schema)
    flags = [column for column, kind in schema.items() if kind == pl.Boolean]
    text = {column: pl.String if column in flags else kind for column, kind in schema.items()}
    frame = pl.read_csv(content, has_header=False, schema=text)
    return frame.with_columns(pl.col(column) == "t" for column in flags) if flags else frame
